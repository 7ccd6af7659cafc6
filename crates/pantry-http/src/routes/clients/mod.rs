//! The API clients of an organization.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;

use pantry_model::chef::{ApiVersion, clients};
use pantry_usecases::ApiClientView;
use serde_json::{Map, Value, json};

use crate::call::Call;

/// An API client, as the API shows it: in version 0, its key is part of it, if it has one.
fn document(call: &Call, client: ApiClientView) -> Map<String, Value> {
    let organization = call.within.as_ref().map_or("", |name| name.as_str());
    let mut shown = clients::shown(&client.name, organization, client.validator);
    if let (ApiVersion::V0, Some(key)) = (call.version(), client.public_key) {
        shown.insert("public_key".to_owned(), json!(key));
    }
    shown
}
