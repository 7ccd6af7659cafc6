//! The folder that Chef is given, made equal to what the server says.
//!
//! It stays from run to run, and only what differs is written: an [`index`] beside it says of each
//! file what it holds and how it looked when it was written, so that an unchanged one costs a
//! question to the file system and no reading. Files are copied from the agent's cache, not linked to
//! it, since a recipe that writes to one must not change what the next run is given.
//!
//! It is done in two steps, because what is missing must be fetched between them: [`Sync::begin`]
//! removes what does not belong and says what is missing, [`Sync::fill`] writes that. The index is
//! written last and at once; whatever ends a sync before leaves files that do not look as the old
//! index says, and these are written again.
//!
//! Nothing is done by a path: every folder is opened from the one above it and never through a
//! symbolic link, so that no link that a recipe has left leads the agent out of the repository.

mod folder;
mod index;
mod sync;
mod wanted;

#[cfg(test)]
mod tests;

use std::io;

use pantry_model::content::Sha256;

pub(crate) use sync::Sync;
pub(crate) use wanted::Wanted;
#[cfg(test)]
use wanted::WantedError;

/// Why a repository could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SyncError {
    /// The file system said no.
    #[error("cannot {what} {path} in the run's repository: {source}")]
    Io {
        /// What was tried: a verb.
        what: &'static str,
        /// On which file, from the repository's top.
        path: String,
        /// What it said.
        source: io::Error,
    },
    /// Contents that are not in the cache, or are damaged there and were removed.
    #[error("{} contents of the run are not in the agent's cache", .0.len())]
    Lacking(Vec<(Sha256, u64)>),
    /// Two names that are one here.
    #[error(
        "the run needs both {0} and {1}, and this machine's file system does not tell them apart"
    )]
    SameName(String, String),
}

impl SyncError {
    fn io(what: &'static str, path: &str) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = if path.is_empty() { "the folder".to_owned() } else { path.to_owned() };
        move |source| Self::Io { what, path, source }
    }
}
