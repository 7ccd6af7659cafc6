//! `admin gc`: what nobody needs any more is deleted, while everything goes on.
//!
//! The server does it, whether it is watched or not.

use serde::{Deserialize, Serialize};

use super::Command;

/// Begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gc {}

/// Asks how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GcShow {}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collecting {
    /// Whether it goes on.
    pub is_at_work: bool,
    /// How many sandboxes were ended, and committed uploads that nobody made anything of.
    pub uploads: u64,
    /// How many file contents were deleted that nothing held any more.
    pub contents: u64,
    /// How many were deleted that no object ever held.
    pub orphans: u64,
    /// How many bytes those had.
    pub orphan_bytes: u64,
    /// Why it was given up.
    pub error: Option<String>,
}

impl Command for Gc {
    const NAME: &'static str = "gc";
    type Answer = Collecting;
}

impl Command for GcShow {
    const NAME: &'static str = "gc-show";
    type Answer = Collecting;
}
