//! SQLite's errors as the seam's, in one place.
//!
//! What may pass by itself or by somebody making room is `Unavailable`, with what to do; what means
//! that the file or this program is wrong is `Broken`.

use pantry_store::StoreError;
use rusqlite::{ErrorCode, ffi};

/// What can go wrong within a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// SQLite says so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// We do.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    /// The error as callers see it. `file` is the database, for people who have to look after it.
    pub(crate) fn into_store(self, file: &str) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Sqlite(error) => error,
        };
        let advice = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => {
                "the disk is full: make room there, and it goes on by itself"
            }
            Some(ErrorCode::SystemIoFailure) => {
                "the disk refused: see that it has room and works, and it goes on by itself"
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program is writing to it: end that program"
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                "it cannot be written: see that the file and its directory belong to Pantry's user"
            }
            Some(ErrorCode::OutOfMemory) => "there is no memory left",
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                let text = format!("the database {file} is damaged, restore a backup ({error})");
                return StoreError::Broken(text);
            }
            _ => return StoreError::Broken(format!("the database {file}: {error}")),
        };
        StoreError::Unavailable(format!("the database {file}: {advice} ({error})"))
    }
}

/// A rule of the schema that a statement would have broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// What it refers to is not there.
    Reference,
    /// What it would add is there already.
    Unique,
}

/// The rule that a statement would have broken, if that is why it failed. It did nothing then.
pub(crate) fn violated(error: &rusqlite::Error) -> Option<Constraint> {
    match error.sqlite_error()?.extended_code {
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(Constraint::Reference),
        ffi::SQLITE_CONSTRAINT_UNIQUE => Some(Constraint::Unique),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(code: std::ffi::c_int) -> StoreError {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        Error::from(error).into_store("/data/pantry.db")
    }

    #[test]
    fn what_can_pass_is_unavailable_and_says_what_to_do() {
        match mapped(ffi::SQLITE_FULL) {
            StoreError::Unavailable(text) => {
                assert!(text.contains("/data/pantry.db: the disk is full: make room"), "{text}");
            }
            other => panic!("{other:?}"),
        }
        for code in [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_BUSY, ffi::SQLITE_CANTOPEN] {
            assert!(matches!(mapped(code), StoreError::Unavailable(_)), "{code}");
        }
    }

    #[test]
    fn damage_is_broken() {
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_CONSTRAINT_UNIQUE] {
            assert!(matches!(mapped(code), StoreError::Broken(_)), "{code}");
        }
    }
}
