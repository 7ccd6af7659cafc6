//! `status`: how the server is and who is there.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::names::ApplicationName;
use crate::time::Timestamp;

/// Asks for the server's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Only this application; all that the user may see, if none.
    pub application: Option<ApplicationName>,
}

/// The server's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusAnswer {
    /// The server's version.
    pub version: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// The applications, by name.
    pub applications: Vec<ApplicationStatus>,
}

/// One application's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationStatus {
    /// Its name.
    pub application: ApplicationName,
    /// How many clients it has.
    pub clients: u64,
    /// How many of them are here.
    pub online: u64,
    /// Deliveries that are not final.
    pub open_deliveries: u64,
}

impl Command for Status {
    const NAME: &'static str = "status";
    type Answer = StatusAnswer;
}
