//! What can go wrong where contents are kept.

use std::io;
use std::path::Path;

use crate::workers::Ended;

/// Why a content cannot be kept, or had. The text says what was being done, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It cannot be done now: where contents are kept is away, full, or does not let this server in.
    #[error("{0}")]
    Unavailable(String),
    /// What is kept is not what was put there.
    #[error("{0}")]
    Broken(String),
}

impl From<Ended> for BlobError {
    fn from(ended: Ended) -> Self {
        Self::Broken(ended.to_string())
    }
}

impl BlobError {
    /// An action on a file or directory that failed. Whether it is full, away or not permitted, that
    /// can be put right, and then the same succeeds.
    pub(crate) fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                ": make room there, with `pantry admin gc` for example"
            }
            io::ErrorKind::PermissionDenied => {
                ": it must belong to the user as whom the server runs"
            }
            _ => "",
        };
        Self::Unavailable(format!("{} cannot be {action}: {error}{advice}", path.display()))
    }
}
