//! `admin reindex`: what searches look into is made anew, while everything goes on.
//!
//! The server does it, whether it is watched or not.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::names::ApplicationName;

/// Begins to build indexes anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reindex {
    /// Those of an application; all, if none.
    pub application: Option<ApplicationName>,
}

/// Asks how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReindexShow {}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reindexing {
    /// Whether it goes on.
    pub is_at_work: bool,
    /// How far each index is, in the order in which they are built.
    pub indexes: Vec<IndexProgress>,
    /// Why it does not go on at the moment; it is tried again.
    pub error: Option<String>,
}

/// How far one index is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexProgress {
    /// Its application.
    pub application: String,
    /// Its name, as a search has it: `node`, or that of a data bag.
    pub index: String,
    /// How many objects there are.
    pub objects: u64,
    /// How many of them are in it.
    pub done: u64,
    /// How many cannot be read, and so cannot be found.
    pub unreadable: u64,
    /// Whether it is what is searched from now on.
    pub is_built: bool,
}

impl Command for Reindex {
    const NAME: &'static str = "reindex";
    type Answer = Reindexing;
}

impl Command for ReindexShow {
    const NAME: &'static str = "reindex-show";
    type Answer = Reindexing;
}
