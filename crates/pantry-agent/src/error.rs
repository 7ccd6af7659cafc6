//! Why an agent ends before it is told to.

use pantry_model::MachineId;

use crate::data_dir::DataDirError;

/// Why an agent ended.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Its data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// Another machine with the same name and key is connected.
    #[error("another agent is connected as {machine}")]
    IdentityInUse {
        /// The name.
        machine: MachineId,
    },
    /// The network cannot be used at all.
    #[error("cannot open the agent's connection: {0}")]
    Network(String),
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Randomness(String),
}
