//! Users, and letting them in by password.

pub(super) mod authenticate;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;
pub(super) mod recover;

use pantry_model::chef::ApiVersion;
use pantry_usecases::UserView;
use serde_json::{Map, Value, json};

/// A user, as the API shows it without keys.
fn profile(user: UserView) -> Map<String, Value> {
    let mut shown = user.profile;
    shown.insert("username".to_owned(), json!(user.name));
    shown
}

/// A user, as the API shows it: in version 0, its key is part of it.
pub(super) fn document(mut user: UserView, version: ApiVersion) -> Map<String, Value> {
    let public_key = user.public_key.take();
    let mut shown = profile(user);
    if version == ApiVersion::V0 {
        shown.insert("public_key".to_owned(), json!(public_key));
    }
    shown
}
