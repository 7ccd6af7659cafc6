//! `admin migrate-store`: everything that the server keeps is moved to another store.
//!
//! The server does it, and whoever has it done asks how far it is. A copy that nobody asks for any
//! more ends, and the server writes again.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Command;
use super::reindex::IndexProgress;

/// The URL of a store, which may hold a password. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoreUrl(String);

impl StoreUrl {
    /// This text, whatever it is: only the server knows what stores there are.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, with its password.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreUrl(…)")
    }
}

/// Begins to move the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrateStore {
    /// Where to.
    pub to: StoreUrl,
    /// A file of the server's machine with the password.
    pub password_file: Option<String>,
}

/// Asks how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationShow {}

/// Ends it; if it is over, the server may write again though its store was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationCancel {}

/// What is being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nothing.
    #[default]
    None,
    /// The other store is opened.
    Preparing,
    /// Rows are copied.
    Copying,
    /// What was copied is compared.
    Verifying,
    /// The other store's indexes of searches are built: they are no rows of the tables.
    Indexing,
    /// All was moved: the server is read-only for good.
    Moved,
    /// It failed.
    Failed,
}

impl Stage {
    /// Whether it goes on.
    pub fn is_at_work(self) -> bool {
        matches!(self, Self::Preparing | Self::Copying | Self::Verifying | Self::Indexing)
    }
}

/// How far a move is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// What is being done.
    pub stage: Stage,
    /// Where to, without a password.
    pub to: Option<String>,
    /// How far each table is, in the order in which they are copied.
    pub tables: Vec<MigratedTable>,
    /// The index of the other store that was built last.
    #[serde(default)]
    pub index: Option<IndexProgress>,
    /// Why it failed.
    pub error: Option<String>,
}

/// How far one table is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigratedTable {
    /// Which.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// How many are in the other store.
    pub copied: u64,
    /// How many have been compared.
    pub verified: u64,
    /// SHA-256 of all of them, in hexadecimal, which is the same on both sides.
    pub hash: Option<String>,
}

impl Command for MigrateStore {
    const NAME: &'static str = "migrate-store";
    type Answer = Migration;
}

impl Command for MigrationShow {
    const NAME: &'static str = "migration-show";
    type Answer = Migration;
}

impl Command for MigrationCancel {
    const NAME: &'static str = "migration-cancel";
    type Answer = Migration;
}
