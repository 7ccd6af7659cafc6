//! Policies and their revisions.

use pantry_model::Error;
use serde_json::{Map, Value, json};

pub(super) mod create_revision;
pub(super) mod delete;
pub(super) mod delete_revision;
pub(super) mod list;
pub(super) mod show;
pub(super) mod show_revision;

/// The ids of revisions as answers have them: as keys, of which nothing more is said.
fn revisions(ids: Vec<String>) -> Value {
    Value::Object(ids.into_iter().map(|id| (id, Value::Object(Map::new()))).collect())
}

/// What is answered about a policy.
fn policy(ids: Vec<String>) -> Value {
    json!({ "revisions": revisions(ids) })
}

/// A stored revision that cannot be read.
fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a stored revision of a policy: {error}"))
}
