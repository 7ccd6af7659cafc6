//! `exec -- PROGRAM ARG…`: every client runs the program. What it reads on stdin is the job's payload.

use serde::{Deserialize, Serialize};

use super::ClientCommand;

/// Arguments of `exec`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exec {
    /// The program, looked up in the client's PATH unless it contains a `/`.
    pub program: String,
    /// Its arguments, passed on as they are: no shell looks at them.
    #[serde(default)]
    pub arguments: Vec<String>,
}

impl ClientCommand for Exec {
    const NAME: &'static str = "exec";
}
