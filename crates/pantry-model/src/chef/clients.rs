//! API clients, as requests speak of them (`/organizations/ORG/clients`).

use serde_json::{Map, Value};

use super::fields;
use super::keys::{KeyReader, KeySource};
use super::version::ApiVersion;
use crate::names::Identity;
use crate::refusals::{Refusal, clients, request};

/// An API client as the API shows it, with its key where that is part of it: in version 0.
pub fn shown(
    name: &str,
    organization: &str,
    validator: bool,
    public_key: Option<String>,
) -> Map<String, Value> {
    let members = [
        ("name", Value::from(name)),
        ("clientname", Value::from(name)),
        ("validator", Value::from(validator)),
        ("orgname", Value::from(organization)),
        ("json_class", Value::from("Chef::ApiClient")),
        ("chef_type", Value::from("client")),
    ];
    let key = public_key.map(|key| ("public_key", Value::from(key)));
    members.into_iter().chain(key).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// An API client that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiClient {
    /// Its name.
    pub name: Identity,
    /// Whether it may make other API clients, and nothing else.
    pub validator: bool,
    /// Its first key, if it is to have one.
    pub key: Option<KeySource>,
}

impl NewApiClient {
    /// Reads the body of a POST.
    pub fn read(
        object: &Map<String, Value>,
        version: ApiVersion,
        reader: KeyReader,
    ) -> Result<Self, Refusal> {
        let name = name(object)?.ok_or_else(|| request::field_missing("name"))?;
        let validator = flags(object, version)?.unwrap_or(false);
        let key = match version {
            // In version 0 every API client has a key.
            ApiVersion::V0 => {
                let given = KeySource::in_version_0(object, reader)?;
                Some(given.unwrap_or(KeySource::Generate))
            }
            _ => KeySource::read(object, reader)?,
        };
        Ok(Self { name, validator, key })
    }
}

/// What is to change of an API client; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClientUpdate {
    /// What it is to be called.
    pub name: Option<Identity>,
    /// Whether it is to be a validator.
    pub validator: Option<bool>,
    /// Another key in place of the one named `default`.
    pub key: Option<KeySource>,
}

impl ApiClientUpdate {
    /// Reads the body of a PUT.
    pub fn read(
        object: &Map<String, Value>,
        version: ApiVersion,
        reader: KeyReader,
    ) -> Result<Self, Refusal> {
        let name = name(object)?;
        let validator = flags(object, version)?;
        let key = match version {
            ApiVersion::V0 if object.get("private_key") == Some(&Value::Bool(true)) => {
                Some(KeySource::Generate)
            }
            ApiVersion::V0 => KeySource::in_version_0(object, reader)?,
            _ => KeySource::must_be_elsewhere(object).map(|()| None)?,
        };
        Ok(Self { name, validator, key })
    }
}

/// The name, which two fields may hold.
fn name(object: &Map<String, Value>) -> Result<Option<Identity>, Refusal> {
    let name = match (fields::text(object, "name")?, fields::text(object, "clientname")?) {
        (Some(name), Some(other)) if name != other => return Err(clients::names_differ()),
        (name, other) => name.or(other),
    };
    name.map(|name| name.parse().map_err(|_| clients::invalid_name(name))).transpose()
}

/// Whether it is a validator, having looked at all fields that are true or false.
fn flags(object: &Map<String, Value>, version: ApiVersion) -> Result<Option<bool>, Refusal> {
    if version > ApiVersion::V0 {
        fields::text(object, "public_key")?;
    }
    let validator = fields::boolean(object, "validator")?;
    if version == ApiVersion::V0 {
        fields::boolean(object, "private_key")?;
    }
    Ok(validator)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::keys::tests::{READER, object, values};
    use super::*;

    const V0: ApiVersion = ApiVersion::V0;
    const V1: ApiVersion = ApiVersion::V1;

    #[test]
    fn a_new_client_is_read_with_the_first_thing_that_is_wrong() {
        let malformed = |name: &str| clients::invalid_name(name).sentence;
        for (version, body, expected) in [
            (V0, json!({}), "Field 'name' missing".to_owned()),
            (V0, json!({"name": "a", "clientname": "b"}), clients::names_differ().sentence),
            (V0, json!({"name": "a$b", "validator": 1}), malformed("a$b")),
            (V0, json!({"clientname": "a b"}), malformed("a b")),
            (V0, json!({"name": ""}), malformed("")),
            (V0, json!({"name": null}), "Field 'name' invalid".to_owned()),
            (V0, json!({"name": "a", "validator": 1}), "Field 'validator' invalid".to_owned()),
            (
                V0,
                json!({"name": "a", "private_key": null}),
                "Field 'private_key' invalid".to_owned(),
            ),
            (V1, json!({"name": "a", "public_key": 1}), "Field 'public_key' invalid".to_owned()),
            (
                V1,
                json!({"name": "a", "public_key": ""}),
                "Public Key must be a valid key.".to_owned(),
            ),
            (
                V1,
                json!({"name": "a", "private_key": false}),
                "Please use create_key: true instead of private_key: true".to_owned(),
            ),
        ] {
            let refusal = NewApiClient::read(&object(body.clone()), version, READER).unwrap_err();
            assert_eq!(refusal.sentence, expected, "{body}");
        }
    }

    #[test]
    fn one_name_is_enough_and_what_is_unknown_is_passed_over() {
        for body in [
            json!({"clientname": "web.1", "admin": "true"}),
            json!({"name": "web.1", "clientname": "web.1", "public_key": null}),
        ] {
            let read = NewApiClient::read(&object(body), V0, READER).unwrap();
            let key = Some(KeySource::Generate);
            let expected = NewApiClient { name: "web.1".parse().unwrap(), validator: false, key };
            assert_eq!(read, expected);
        }
        let read = NewApiClient::read(&object(json!({"name": "a"})), V1, READER).unwrap();
        assert_eq!(read.key, None);
    }

    #[test]
    fn an_update_leaves_what_it_does_not_name() {
        let read = |version, body| ApiClientUpdate::read(&object(body), version, READER);
        let none = ApiClientUpdate { name: None, validator: None, key: None };
        assert_eq!(read(V0, json!({"public_key": null, "private_key": false})).unwrap(), none);
        assert_eq!(read(V1, json!({"validator": true})).unwrap().validator, Some(true));
        let made = read(V0, json!({"private_key": true, "public_key": "KEY"})).unwrap();
        assert_eq!(made.key, Some(KeySource::Generate));
        for field in ["create_key", "public_key"] {
            let refusal = read(V1, json!({field: "KEY"})).unwrap_err();
            assert!(refusal.sentence.ends_with("via the keys endpoint. "), "{field}");
        }
    }

    proptest! {
        #[test]
        fn any_object_is_read_or_refused(
            fields in prop::collection::hash_map(
                prop::sample::select(vec![
                    "name", "clientname", "validator", "private_key", "public_key", "create_key",
                    "certificate",
                ]),
                values(),
                0..5,
            ),
            version in prop::sample::select(vec![V0, V1, ApiVersion::V2]),
        ) {
            let object = fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
            let _ = NewApiClient::read(&object, version, READER);
            let _ = ApiClientUpdate::read(&object, version, READER);
        }
    }
}
