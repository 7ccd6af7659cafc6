//! `admin ledger` and `admin refusals`: what was changed, and who was turned away.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::names::ApplicationName;
use crate::time::Timestamp;

/// Lists entries of a scope's ledger, newest last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerList {
    /// The application; `_global`, if none.
    pub application: Option<ApplicationName>,
    /// The first entries after this position; the newest of all, if none.
    pub after: Option<u64>,
    /// At most so many entries.
    pub limit: u32,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Its place in the ledger of its scope, from 1 without gaps.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done: create, update, delete.
    pub verb: String,
    /// To what kind of object.
    pub kind: String,
    /// To which.
    pub name: String,
    /// SHA-256 of its content afterwards, in hexadecimal; none for a deletion.
    pub hash: Option<String>,
}

impl Command for LedgerList {
    const NAME: &'static str = "ledger-list";
    type Answer = Vec<LedgerLine>;
}

/// Lists who was turned away lately, newest last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalList {
    /// At most so many.
    pub limit: u32,
}

/// Someone who was turned away, as often as it happened in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// When it last happened.
    pub at: Timestamp,
    /// Who it was, as far as is known: a principal, or a key.
    pub who: String,
    /// The address.
    pub address: String,
    /// What was refused, as a sentence.
    pub what: String,
    /// How often it happened since the last line about it.
    pub count: u64,
}

impl Command for RefusalList {
    const NAME: &'static str = "refusal-list";
    type Answer = Vec<Refusal>;
}
