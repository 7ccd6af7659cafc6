//! What to do about files that are not carried.

use pantry_files::{FilesError, ReceiveError};
use pantry_wire::files::FileError;

use super::{CliError, exit, some};

/// A stable name, the exit code, and the hint.
pub(super) fn error(error: &FilesError) -> (&'static str, u8, Option<String>) {
    match error {
        FilesError::TooMany(_) | FilesError::TooLarge(_) => ("too-large", exit::TOO_LARGE, None),
        FilesError::LeadsOut { .. } => (
            "bad-object",
            exit::USAGE,
            some("send what it leads to as well, in one folder with it, or take the link away"),
        ),
        FilesError::Special(_) | FilesError::Unnameable { .. } => ("bad-object", exit::USAGE, None),
        FilesError::SameName { .. } | FilesError::NoName(_) => ("usage", exit::USAGE, None),
        FilesError::Changed(_) => {
            ("file", exit::CONFIGURATION, some("try again when it is at rest"))
        }
        FilesError::Stopped => ("interrupted", exit::INTERRUPTED, None),
        _ => ("file", exit::CONFIGURATION, None),
    }
}

/// The same, of the file service that cannot be reached.
pub(super) fn service() -> (&'static str, u8, Option<String>) {
    let hint = "its port must be open to whoever sends files, and to every client";
    ("not-there", exit::NOT_THERE, some(hint))
}

impl From<FileError> for CliError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Refused(failure) => Self::Server(failure),
            error @ FileError::Unreachable { .. } => Self::FileService(error.to_string()),
            FileError::Local(source) => match source.downcast::<FilesError>() {
                Ok(error) => Self::Files(error),
                Err(source) => Self::Files(FilesError::Carried(source)),
            },
            FileError::Nonsense(what) => Self::Nonsense(what),
            error @ FileError::Closed => Self::Wire(error.to_string()),
        }
    }
}

impl From<ReceiveError> for CliError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Files(error) => Self::Files(error),
            ReceiveError::Carry(error) => error.into(),
        }
    }
}
