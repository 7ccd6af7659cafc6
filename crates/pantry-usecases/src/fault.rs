//! Between storage and requests: its errors as theirs, and documents as bytes.

use pantry_model::Error;
use pantry_store::StoreError;

/// What a storage error means to whoever asked. What is the server's own fault is logged here,
/// once, and told without its inner details.
pub(crate) fn to_error(error: StoreError) -> Error {
    match error {
        StoreError::KeyTaken => Error::KeyTaken,
        StoreError::NoSuchApplication(application) => Error::UnknownApplication(application),
        StoreError::Unavailable(reason) => {
            tracing::error!(%reason, "the store cannot be used now");
            Error::Unavailable(format!("the server's store cannot be used now: {reason}"))
        }
        // Said once by whoever has decided so.
        StoreError::ReadOnly(reason) => Error::ReadOnly(reason),
        StoreError::Interrupted(reason) => {
            tracing::error!(%reason, "a write was interrupted");
            Error::Interrupted(format!("it may have been done, or not: {reason}"))
        }
        StoreError::Moved { .. }
        | StoreError::GenerationMoved(_)
        | StoreError::ContentGone(_)
        | StoreError::NoSuchObject(_)
        | StoreError::NewerSchema { .. }
        | StoreError::Broken(_) => {
            tracing::error!(%error, "the store failed");
            Error::Internal("the server's store failed; its log says more".to_owned())
        }
    }
}

/// What a storage error means when the write itself is done, and something that must follow failed.
pub(crate) fn done_but(error: StoreError) -> Error {
    tracing::error!(%error, "what follows from a write could not be done");
    Error::Interrupted(format!("it was done, but what follows from it was not: {error}"))
}

/// A stored document that cannot be read, as an error.
pub(crate) fn unreadable(what: &str, error: &serde_json::Error) -> Error {
    tracing::error!(what, %error, "a stored document cannot be read");
    Error::Internal(format!("the stored {what} cannot be read; the server's log says more"))
}

/// A document's bytes. The records here have text keys and no numbers that JSON lacks, so they
/// always have some.
pub(crate) fn to_json<T: serde::Serialize>(record: &T) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}
