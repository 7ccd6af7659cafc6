//! What a server answers instead of doing it: the code, exit code and hint of each failure.

use pantry_model::ErrorCode;

use super::{exit, some};

/// What is said of it.
pub(super) fn error(code: ErrorCode) -> (&'static str, u8, Option<String>) {
    match code {
        ErrorCode::Invalid => ("invalid", exit::USAGE, None),
        ErrorCode::Forbidden => {
            ("forbidden", exit::FORBIDDEN, some("ask an administrator of the server"))
        }
        ErrorCode::UnknownApplication => (
            "unknown-application",
            exit::UNKNOWN,
            some("`pantry app list` shows them; `pantry app create NAME` makes one"),
        ),
        ErrorCode::UnknownClient => {
            ("unknown-client", exit::UNKNOWN, some("`pantry -a APP client list` shows them"))
        }
        ErrorCode::UnknownJob => {
            ("unknown-job", exit::UNKNOWN, some("`pantry job list` shows them"))
        }
        ErrorCode::Unknown => ("unknown", exit::UNKNOWN, None),
        ErrorCode::Taken => {
            ("taken", exit::TAKEN, some("choose another name, or delete the one that has it"))
        }
        ErrorCode::NobodyMatches => (
            "nobody-matches",
            exit::NOBODY,
            some("`pantry -a APP client list` shows environments, roles and identities"),
        ),
        ErrorCode::TooLarge => ("too-large", exit::TOO_LARGE, None),
        ErrorCode::Unavailable => ("unavailable", exit::SERVER, some("try again in a moment")),
        ErrorCode::ReadOnly => (
            "read-only",
            exit::SERVER,
            some("`pantry admin migrate-store --status` says how far the move is"),
        ),
        ErrorCode::Interrupted => {
            ("interrupted", exit::SERVER, some("look whether it was done before you ask again"))
        }
        ErrorCode::Internal => ("internal", exit::SERVER, some("the server's log says more")),
    }
}

#[cfg(test)]
mod tests {
    use pantry_model::protocol::Failure;

    use super::super::{CliError, describe};
    use super::*;

    #[test]
    fn every_failure_of_the_server_has_its_exit_code() {
        for (code, exit_code) in [
            (ErrorCode::Invalid, 2),
            (ErrorCode::Forbidden, 7),
            (ErrorCode::UnknownApplication, 8),
            (ErrorCode::UnknownClient, 8),
            (ErrorCode::UnknownJob, 8),
            (ErrorCode::NobodyMatches, 9),
            (ErrorCode::Taken, 10),
            (ErrorCode::TooLarge, 12),
            (ErrorCode::Unavailable, 13),
            (ErrorCode::Interrupted, 13),
            (ErrorCode::ReadOnly, 13),
            (ErrorCode::Internal, 13),
        ] {
            let error = CliError::Server(Failure { code, message: "so it is".to_owned() });
            let described = describe(&error);
            assert_eq!((described.exit_code, described.message.as_str()), (exit_code, "so it is"));
        }
    }
}
