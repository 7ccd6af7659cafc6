//! The ledger of a scope: the ordered list of its changes, which is the audit log.

use pantry_model::{Principal, Timestamp};

use crate::document::{ContentHash, Kind, Scope};

/// What was done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// It was made.
    Create,
    /// Its content was changed.
    Update,
    /// It was deleted.
    Delete,
}

impl Verb {
    /// The stored form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The verb with this stored form.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|verb| verb.as_str() == text)
    }
}

/// A line of a ledger. It says who changed what and when, and the hash of the content, never the
/// content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its place, from 1 without gaps.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the server itself.
    pub actor: Option<Principal>,
    /// What was done.
    pub verb: Verb,
    /// To what kind of object.
    pub kind: Kind,
    /// To which.
    pub name: String,
    /// The hash of its content afterwards.
    pub hash: Option<ContentHash>,
    /// With the deletion of an application: where its own ledger ended.
    pub closed: Option<LastEntry>,
}

/// Where a deleted application's ledger ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastEntry {
    /// The last position; 0 if the ledger was empty.
    pub position: u64,
    /// The last entry's content hash, if it had one.
    pub hash: Option<ContentHash>,
}

/// Where a scope's ledger stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEnd {
    /// Whose ledger.
    pub scope: Scope,
    /// The scope's number, never used again: a deleted application's namesake has another.
    pub number: i64,
    /// The last position; 0 if the ledger is empty.
    pub position: u64,
}
