//! Why an agent ended: the code, exit code and hint of each reason.

use pantry_agent::{AgentError, DataDirError};

use super::{exit, some};

/// What is said of it.
pub(super) fn error(error: &AgentError) -> (&'static str, u8, Option<String>) {
    match error {
        AgentError::DataDir(DataDirError::AlreadyRunning { .. }) => (
            "already-running",
            exit::TAKEN,
            some("each client on a machine needs a directory of its own: `--data-dir DIR`"),
        ),
        AgentError::DataDir(_) => ("data-directory", exit::CONFIGURATION, None),
        AgentError::IdentityInUse { .. } => (
            "identity-in-use",
            exit::TAKEN,
            some(
                "is its client.yml on two machines? Each needs its own: `pantry client create`; \
                 a client that was just stopped is known to be gone after three heartbeats",
            ),
        ),
        AgentError::Network(_) | AgentError::Randomness(_) => ("network", exit::SERVER, None),
    }
}
