//! What to do about a folder that is no cookbook.

use pantry_berks::CookbookError;

use super::{exit, some};

/// A stable name, the exit code, and the hint.
pub(super) fn error(error: &CookbookError) -> (&'static str, u8, Option<String>) {
    match error {
        CookbookError::NoFolder { .. } => (
            "file",
            exit::CONFIGURATION,
            some("a cookbook is a folder; is the path right, seen from here?"),
        ),
        CookbookError::Unreadable { .. } => ("file", exit::CONFIGURATION, None),
        CookbookError::NoName { .. } => (
            "bad-object",
            exit::USAGE,
            some("write a line such as `name 'nginx'` in its metadata.rb"),
        ),
        CookbookError::Limit { .. } => ("too-large", exit::TOO_LARGE, None),
        _ => ("bad-object", exit::USAGE, None),
    }
}
