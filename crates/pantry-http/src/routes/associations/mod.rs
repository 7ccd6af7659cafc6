//! The users that belong to an organization.

pub(super) mod add;
pub(super) mod list;
pub(super) mod of_user;
pub(super) mod remove;
pub(super) mod show;

use pantry_model::chef::ApiVersion;
use pantry_usecases::UserView;
use serde_json::{Map, Value};

/// A user as it is told: with its key only in the first version of the API.
fn document(view: UserView, version: ApiVersion) -> Map<String, Value> {
    let mut document = view.profile;
    document.insert("username".to_owned(), Value::String(view.name));
    if version == ApiVersion::V0 {
        let key = view.public_key.map_or(Value::Null, Value::String);
        document.insert("public_key".to_owned(), key);
    }
    document
}
