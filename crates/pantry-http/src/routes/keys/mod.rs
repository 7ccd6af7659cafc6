//! The keys of an actor, at three places: `/users/NAME/keys`, `/organizations/ORG/clients/NAME/keys`,
//! and only to be read `/organizations/ORG/users/NAME/keys`. Each speaks of itself in its URLs.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;

use pantry_model::chef::keys::expiry_text;
use pantry_usecases::{KeyOwner, KeyView, MadeKey};
use serde_json::{Map, Value, json};

use crate::call::Call;

/// The parameter that names an API client.
const CLIENT: &str = "client";

/// The parameter that names a user.
const USER: &str = "user";

/// Whose keys the path is about.
fn owner(call: &Call) -> KeyOwner<'_> {
    match call.parameter(CLIENT) {
        "" => KeyOwner::User(call.parameter(USER)),
        client => KeyOwner::ApiClient(client),
    }
}

/// The URL of one of the owner's keys, at the place where the request asks for it.
fn url(call: &Call, key: &str) -> String {
    let owner = owner(call);
    let family = match owner {
        KeyOwner::User(_) => "users",
        KeyOwner::ApiClient(_) => "clients",
    };
    let own = [family, owner.name(), "keys", key];
    match &call.within {
        Some(organization) => {
            let organization = ["organizations", organization.as_str()];
            call.url(&[&organization[..], &own[..]].concat())
        }
        None => call.url(&own),
    }
}

/// A key as the API shows it.
fn document(key: KeyView) -> Value {
    json!({
        "name": key.name,
        "public_key": key.public_key,
        "expiration_date": expiry_text(key.expiry),
    })
}

/// The key that an actor at this path has from its first moment.
pub(super) fn first(call: &Call, actor: &[&str], key: &MadeKey) -> Map<String, Value> {
    let mut shown = object([
        ("name", json!("default")),
        ("public_key", json!(key.public_key)),
        ("expiration_date", json!(expiry_text(None))),
        ("uri", json!(call.url(&[actor, &["keys", "default"]].concat()))),
    ]);
    add_private(&mut shown, Some(key));
    shown
}

/// Adds the private half of a key, if the server has made it.
pub(super) fn add_private(to: &mut Map<String, Value>, key: Option<&MadeKey>) {
    if let Some(private) = key.and_then(|key| key.private_key.as_ref()) {
        to.insert("private_key".to_owned(), json!(private.to_pem().as_str()));
    }
}

/// An object with these fields.
pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
