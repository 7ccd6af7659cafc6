//! Organizations, which are applications.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod show;
pub(super) mod update;

use pantry_usecases::ApplicationView;
use serde_json::{Value, json};

/// An organization as it is told.
pub(super) fn document(view: &ApplicationView) -> Value {
    json!({ "name": view.name, "full_name": view.full_name, "guid": view.id })
}
