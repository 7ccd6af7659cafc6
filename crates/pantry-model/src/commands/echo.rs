//! `echo TEXT`: every client answers with the text. It shows who is there and how fast.

use serde::{Deserialize, Serialize};

use super::ClientCommand;

/// Arguments of `echo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// What is to come back, as the client's standard output.
    pub text: String,
}

impl ClientCommand for Echo {
    const NAME: &'static str = "echo";
}
