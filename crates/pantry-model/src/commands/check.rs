//! `admin check`: whether what the server keeps is whole, while everything goes on.
//!
//! The server does it, whether it is watched or not.

use serde::{Deserialize, Serialize};

use super::Command;

/// Begins to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Whether to read all file contents as well, and not only to see that they are there.
    pub read: bool,
}

/// Asks what was found so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckShow {}

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checking {
    /// Whether it goes on.
    pub is_at_work: bool,
    /// How many applications were looked at.
    pub applications: u64,
    /// How many objects were looked at, of the kinds that refer to others.
    pub objects: u64,
    /// How many file contents were looked at that something holds.
    pub contents: u64,
    /// How many bytes of them were read.
    pub bytes_read: u64,
    /// How many file contents are kept that nothing holds: uploads under way, and what `admin gc`
    /// deletes.
    pub unheld: u64,
    /// What is broken, as far as it is told.
    pub problems: Vec<Problem>,
    /// How many problems there are.
    pub found: u64,
    /// Why it was given up.
    pub error: Option<String>,
}

/// Something that is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The application.
    pub application: String,
    /// The kind of object, as the ledger has it.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
}

impl Command for Check {
    const NAME: &'static str = "check";
    type Answer = Checking;
}

impl Command for CheckShow {
    const NAME: &'static str = "check-show";
    type Answer = Checking;
}
