//! Why a machine was not converted, in a sentence without its subject.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(super) enum ConvertError {
    /// The agent may not.
    #[error(
        "cannot write to {folder}: {source}. The agent runs as the user number {user} there: start it \
         as root, or give it a folder of its own with chef.config_dir in its client.yml"
    )]
    Denied {
        /// Chef's folder.
        folder: PathBuf,
        /// The agent's user.
        user: u32,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system said no.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried: a verb.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The note is none.
    #[error(
        "{path}, the note of what was converted before, cannot be read: {source}. Look into it, put \
         the files that it names in order by hand, and delete it"
    )]
    BadNote {
        /// The note.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Something that was just read.
    #[error("the run's repository changed while it was copied: {0}")]
    Changed(PathBuf),
}

impl ConvertError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }

    /// A write to Chef's folder that went wrong: one that is not allowed is the folder's matter.
    pub(super) fn writing(folder: &Path, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let (folder, path) = (folder.to_owned(), path.to_owned());
        move |source| match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                let user = rustix::process::geteuid().as_raw();
                Self::Denied { folder, user, source }
            }
            _ => Self::Io { what: "write", path, source },
        }
    }
}
