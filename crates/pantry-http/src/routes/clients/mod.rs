//! The API clients of an organization.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;

use pantry_model::chef::{ApiVersion, clients};
use pantry_usecases::ApiClientView;
use serde_json::{Map, Value};

use crate::call::Call;

/// An API client, as the API shows it: in version 0, its key is part of it, if it has one.
fn document(call: &Call, client: ApiClientView) -> Map<String, Value> {
    let organization = call.within.as_ref().map_or("", |name| name.as_str());
    let key = client.public_key.filter(|_| call.version() == ApiVersion::V0);
    clients::shown(&client.name, organization, client.validator, key)
}
