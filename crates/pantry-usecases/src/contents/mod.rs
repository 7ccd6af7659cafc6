//! File contents: received, read, and deleted when nothing holds them any more.

mod check;
mod collect;
mod read;
mod references;
mod shelves;
mod tidy;
mod walk;

pub(crate) use check::Checker;
use pantry_blobs::BlobError;
use pantry_model::Error;
pub use read::StoredFile;
pub(crate) use tidy::Collector;

/// What an error of where contents are kept means to whoever asked. It is logged here, once.
pub(crate) fn to_error(error: BlobError) -> Error {
    tracing::error!(%error, "file contents cannot be kept or had");
    match error {
        BlobError::Unavailable(reason) => {
            Error::Unavailable(format!("files cannot be kept or had now: {reason}"))
        }
        BlobError::Broken(_) => {
            Error::Internal("where files are kept is broken; the server's log says more".to_owned())
        }
    }
}
