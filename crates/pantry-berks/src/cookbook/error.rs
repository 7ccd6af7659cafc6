//! Why a folder is no cookbook.

use std::io;
use std::path::{Path, PathBuf};

/// A folder that could not be read as a cookbook.
#[derive(Debug, thiserror::Error)]
pub enum CookbookError {
    /// There is no such folder.
    #[error("there is no folder {}", .folder.display())]
    NoFolder {
        /// Which.
        folder: PathBuf,
    },
    /// It has no metadata.
    #[error("there is no cookbook in {}: it has no metadata.rb and no metadata.json", .folder.display())]
    NoMetadata {
        /// Which.
        folder: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A name cannot be sent.
    #[error("the name of {} is not UTF-8, and a cookbook's files must have names that are", .path.display())]
    NotUtf8 {
        /// Whose.
        path: PathBuf,
    },
    /// There is more than a cookbook has.
    #[error("{} goes beyond the limit of {limit} {what}", .path.display())]
    Limit {
        /// What does.
        path: PathBuf,
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// `metadata.json` is none.
    #[error("{} is no metadata: {reason}", .path.display())]
    Metadata {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// `metadata.rb` cannot be evaluated.
    #[error(transparent)]
    Ruby(#[from] Box<pantry_ruby::Error>),
    /// It has no name.
    #[error("the metadata of the cookbook in {} says no `name`", .folder.display())]
    NoName {
        /// Which.
        folder: PathBuf,
    },
    /// Something of it cannot be sent.
    #[error("the cookbook in {} cannot be sent: {reason}", .folder.display())]
    Wrong {
        /// Which.
        folder: PathBuf,
        /// What.
        reason: String,
    },
}

impl CookbookError {
    pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unreadable { path, source }
    }
}
