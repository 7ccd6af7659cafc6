//! Why files are not read or written: a sentence each, with the path.

use std::io;
use std::path::{Path, PathBuf};

use pantry_model::tree::TreeError;

/// Why files are not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The operating system said no.
    #[error("cannot {what} {}: {source}", .path.display())]
    Io {
        /// What was tried: a verb.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A link where the way must be folders.
    #[error("{} is a link, and links are not followed there", .0.display())]
    Link(PathBuf),
    /// A link that leads nowhere.
    #[error("{} is a link to something that is not there", .0.display())]
    Dangling(PathBuf),
    /// A folder where a file is to be.
    #[error("{} is a folder, and no file or link can take its place", .0.display())]
    IsFolder(PathBuf),
    /// Something else where a folder is to be.
    #[error("{} is no folder", .0.display())]
    NotFolder(PathBuf),
    /// A device, a socket and the like.
    #[error("{} is neither a file nor a folder nor a link", .0.display())]
    Special(PathBuf),
    /// There is no such thing.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// A path that the machine's owner has not opened.
    #[error("{} is not below any of commands.files in the client's client.yml", .0.display())]
    Outside(PathBuf),
    /// A path that says nothing about which file.
    #[error("{} has no name: say what is in it", .0.display())]
    NoName(PathBuf),
    /// A path that does not begin at the top, or goes up.
    #[error("{} is no absolute path", .0.display())]
    NotAbsolute(PathBuf),
    /// A name that no tree has.
    #[error("{} cannot be sent: {reason}", .path.display())]
    Unnameable {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A link that would lead elsewhere on the other side.
    #[error("{} is a link that leads out of what is sent, to {to:?}", .path.display())]
    LeadsOut {
        /// Which.
        path: PathBuf,
        /// What it says.
        to: String,
    },
    /// Two things of one name.
    #[error("{} and {} would both be called {name}", .one.display(), .other.display())]
    SameName {
        /// The first.
        one: PathBuf,
        /// The other.
        other: PathBuf,
        /// What both would be called.
        name: String,
    },
    /// The disk cannot tell two names apart.
    #[error("{one} and {other} are the same to the file system of {}", .folder.display())]
    SameToDisk {
        /// The first path in the tree.
        one: String,
        /// The other.
        other: String,
        /// Where they were to go.
        folder: PathBuf,
    },
    /// It was written to while it was read.
    #[error("{} was changed while it was read", .0.display())]
    Changed(PathBuf),
    /// More files than a tree has.
    #[error("there are more than {0} files and folders, the most that are taken at once")]
    TooMany(usize),
    /// More bytes than are wanted.
    #[error("there are more than {0} bytes, the most that are taken at once")]
    TooLarge(u64),
    /// A tree that is none.
    #[error("what arrived is not in order: {0}")]
    Tree(#[from] TreeError),
    /// A tree that does not fit the path that it is for.
    #[error("{} is to be the path of one thing, and {count} are sent", .to.display())]
    NotOne {
        /// The path.
        to: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A user or group that is not known here.
    #[error("there is no {what} `{name}`")]
    NoOwner {
        /// `user` or `group`.
        what: &'static str,
        /// Whose name was said.
        name: String,
    },
    /// Only root gives files away.
    #[error("{} cannot be given to another owner: that takes root", .0.display())]
    NotRoot(PathBuf),
    /// A content that is not what its name says.
    #[error("the content {0} arrived damaged")]
    Damaged(pantry_model::Sha256),
    /// Some of it was done when it failed.
    #[error("only {done} of {all} were put in their places: {source}")]
    Partly {
        /// How many files and links are in place.
        done: u64,
        /// Of how many.
        all: u64,
        /// What failed.
        source: Box<Self>,
    },
    /// A content could not be read or written on its way. The sentence says where.
    #[error("{0}")]
    Carried(io::Error),
    /// Whoever wanted it does not any more.
    #[error("it was ended before it was done")]
    Stopped,
}

impl FilesError {
    /// An error of the operating system's.
    pub fn io<E: Into<io::Error>>(
        what: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self + use<E> {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source: source.into() }
    }
}
