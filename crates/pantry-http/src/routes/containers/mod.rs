//! Containers.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod show;

use serde_json::{Value, json};

/// A container as it is told; it has had no path of its own for long.
pub(super) fn document(name: &str) -> Value {
    json!({ "containername": name, "containerpath": name })
}
