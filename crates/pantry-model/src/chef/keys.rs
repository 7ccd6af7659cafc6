//! RSA keys of users and API clients, as requests speak of them.
//!
//! Since version 1 of the API they are objects of their own; in version 0 each user and API client
//! has one, and requests about the actor speak of it: see [`KeySource::in_version_0`].
//!
//! Values know no cryptography. Whether a text is a key decides a [`KeyReader`], which is handed in
//! so that the order of checks stays the original's.

use serde_json::{Map, Value};

use super::date::Date;
use super::fields;
use crate::names::KeyName;
use crate::refusals::{Refusal, keys, request};
use crate::time::Timestamp;

/// What tells keys from other texts.
#[derive(Clone, Copy, Debug)]
pub struct KeyReader {
    /// Whether a text is an RSA public key, in PEM form.
    pub is_public_key: fn(&str) -> bool,
    /// The public key of a certificate, both in PEM form.
    pub key_of_certificate: fn(&str) -> Option<String>,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The server makes a pair, and gives the private half to whoever asked.
    Generate,
    /// It was sent: PEM, kept to the letter.
    Given(String),
}

impl KeySource {
    /// What the fields `create_key` and `public_key` ask for, since version 1.
    pub(crate) fn read(
        object: &Map<String, Value>,
        reader: KeyReader,
    ) -> Result<Option<Self>, Refusal> {
        if object.contains_key("private_key") {
            return Err(keys::private_key_is_not_asked_for_so());
        }
        let create = fields::boolean(object, "create_key")?.unwrap_or(false);
        let given = fields::text(object, "public_key")?;
        match given {
            Some(key) if !(reader.is_public_key)(key) => Err(keys::invalid()),
            Some(_) if create => Err(keys::made_and_given()),
            Some(key) => Ok(Some(Self::Given(key.to_owned()))),
            None => Ok(create.then_some(Self::Generate)),
        }
    }

    /// What a request of version 0 gives as the actor's key. `null` gives none. A certificate
    /// counts where it is called one.
    pub(crate) fn in_version_0(
        object: &Map<String, Value>,
        reader: KeyReader,
    ) -> Result<Option<Self>, Refusal> {
        let text = |field| {
            let held = fields::holds(object, field).then(|| fields::text(object, field));
            held.transpose().map(Option::flatten)
        };
        if let Some(certificate) = text("certificate")? {
            let key = (reader.key_of_certificate)(certificate).ok_or_else(keys::invalid)?;
            return Ok(Some(Self::Given(key)));
        }
        match text("public_key")? {
            Some(key) if (reader.is_public_key)(key) => Ok(Some(Self::Given(key.to_owned()))),
            Some(_) => Err(keys::invalid()),
            None => Ok(None),
        }
    }

    /// Nothing if a request to change an actor, since version 1, leaves its keys alone.
    pub(crate) fn must_be_elsewhere(object: &Map<String, Value>) -> Result<(), Refusal> {
        if object.contains_key("private_key") {
            return Err(keys::private_key_is_not_asked_for_so());
        }
        if object.contains_key("create_key") || object.contains_key("public_key") {
            return Err(keys::have_their_own_endpoint());
        }
        Ok(())
    }
}

/// When a key ends: `None` is written `infinity`.
pub type Expiry = Option<Timestamp>;

/// Writes when a key ends.
pub fn expiry_text(expiry: Expiry) -> String {
    expiry.map_or_else(|| "infinity".to_owned(), |end| Date::from(end).to_string())
}

fn expiry(object: &Map<String, Value>) -> Result<Option<Expiry>, Refusal> {
    const FIELD: &str = "expiration_date";
    match object.get(FIELD) {
        None => Ok(None),
        Some(Value::String(text)) if text == "infinity" => Ok(Some(None)),
        Some(Value::String(text)) => match text.parse::<Date>() {
            Ok(date) => Ok(Some(Some(date.timestamp()))),
            Err(_) => Err(keys::invalid_date(FIELD)),
        },
        Some(_) => Err(keys::invalid_date(FIELD)),
    }
}

fn name(object: &Map<String, Value>) -> Result<Option<KeyName>, Refusal> {
    let name = fields::text(object, "name")?;
    name.map(|name| name.parse().map_err(|_| request::field_invalid("name"))).transpose()
}

/// A key that an actor is to have besides those that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Its name.
    pub name: KeyName,
    /// Where it comes from.
    pub source: KeySource,
    /// When it ends.
    pub expiry: Expiry,
}

impl NewKey {
    /// Reads the body of a POST.
    pub fn read(object: &Map<String, Value>, reader: KeyReader) -> Result<Self, Refusal> {
        let name = name(object)?.ok_or_else(|| request::field_missing("name"))?;
        let source = KeySource::read(object, reader)?.ok_or_else(|| {
            // `create_key: false` alone asks for nothing.
            keys::neither_made_nor_given()
        })?;
        let expiry = expiry(object)?.ok_or_else(|| request::field_missing("expiration_date"))?;
        Ok(Self { name, source, expiry })
    }
}

/// What is to change of a key; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUpdate {
    /// What it is to be called.
    pub name: Option<KeyName>,
    /// Where another one comes from.
    pub source: Option<KeySource>,
    /// When it is to end.
    pub expiry: Option<Expiry>,
}

impl KeyUpdate {
    /// Reads the body of a PUT.
    pub fn read(object: &Map<String, Value>, reader: KeyReader) -> Result<Self, Refusal> {
        const FIELDS: [&str; 4] = ["expiration_date", "name", "public_key", "create_key"];
        if !FIELDS.iter().any(|field| object.contains_key(*field)) {
            return Err(keys::nothing_to_change());
        }
        let name = name(object)?;
        let source = KeySource::read(object, reader)?;
        Ok(Self { name, source, expiry: expiry(object)? })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Takes `KEY…` for a key and `CERT:KEY…` for a certificate with it.
    pub(crate) const READER: KeyReader = KeyReader {
        is_public_key: |text| text.starts_with("KEY"),
        key_of_certificate: |text| text.strip_prefix("CERT:").map(str::to_owned),
    };

    pub(crate) fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn a_new_key_is_read_with_the_first_thing_that_is_wrong() {
        for (body, expected) in [
            (json!({}), "Field 'name' missing"),
            (json!({"name": ""}), "Field 'name' invalid"),
            (json!({"name": "key the first"}), "Field 'name' invalid"),
            (json!({"name": 1, "private_key": true}), "Field 'name' invalid"),
            (
                json!({"name": "k", "private_key": null}),
                "Please use create_key: true instead of private_key: true",
            ),
            (json!({"name": "k", "create_key": "yes"}), "Field 'create_key' invalid"),
            (json!({"name": "k", "public_key": 7}), "Field 'public_key' invalid"),
            (json!({"name": "k", "public_key": "Nope."}), "Public Key must be a valid key."),
            (json!({"name": "k", "public_key": "CERT:KEY"}), "Public Key must be a valid key."),
            (
                json!({"name": "k", "create_key": false}),
                "You must either provide a valid value for 'public_key', or specify 'create_key': true",
            ),
            (
                json!({"name": "k", "create_key": true, "public_key": "KEY"}),
                "You must specify either create_key or public_key, but not both",
            ),
            (json!({"name": "k", "create_key": true}), "Field 'expiration_date' missing"),
        ] {
            let refusal = NewKey::read(&object(body.clone()), READER).unwrap_err();
            assert_eq!(refusal.sentence, expected, "{body}");
        }
        for date in [json!("2010-09-32T10:00:00Z"), json!(""), json!(null), json!(1)] {
            let body = json!({"name": "k", "create_key": true, "expiration_date": date});
            let refusal = NewKey::read(&object(body), READER).unwrap_err();
            assert!(refusal.sentence.starts_with("Field expiration_date is invalid."), "{date}");
        }
        let body = json!({"name": "k", "create_key": false, "public_key": "KEY 1", "expiration_date": "2099-02-28T01:00:00Z"});
        let read = NewKey::read(&object(body), READER).unwrap();
        assert_eq!(read.source, KeySource::Given("KEY 1".to_owned()));
        assert_eq!(expiry_text(read.expiry), "2099-02-28T01:00:00Z");
    }

    #[test]
    fn an_update_says_at_least_one_thing() {
        let read = |body| KeyUpdate::read(&object(body), READER);
        let nothing = read(json!({"bogus": 1})).unwrap_err();
        assert_eq!(nothing, keys::nothing_to_change());
        let none = KeyUpdate { name: None, source: None, expiry: None };
        assert_eq!(read(json!({"create_key": false})).unwrap(), none);
        let ends = read(json!({"expiration_date": "infinity"})).unwrap();
        assert_eq!(ends, KeyUpdate { expiry: Some(None), ..none.clone() });
        let makes = read(json!({"create_key": true})).unwrap();
        assert_eq!(makes, KeyUpdate { source: Some(KeySource::Generate), ..none });
    }

    proptest! {
        #[test]
        fn any_object_is_read_or_refused(
            name in prop::option::of(values()), key in prop::option::of(values()),
            create in prop::option::of(values()), end in prop::option::of(values()),
        ) {
            let mut object = Map::new();
            for (field, value) in
                [("name", name), ("public_key", key), ("create_key", create), ("expiration_date", end)]
            {
                value.map(|value| object.insert(field.to_owned(), value));
            }
            let _ = NewKey::read(&object, READER);
            let _ = KeyUpdate::read(&object, READER);
        }
    }

    /// Values of every kind, some of them what is expected somewhere.
    pub(crate) fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
            "[0-9TZ:-]{20}|infinity|KEY|CERT:KEY|[a-z0-9_.@-]{1,9}".prop_map(Value::from),
            Just(json!([1, "a"])),
            Just(json!({"a": 1})),
        ]
    }
}
