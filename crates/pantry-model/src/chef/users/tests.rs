//! What is read from requests about users, and the first thing that is wrong with them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::chef::keys::tests::{READER, object, values};

const V0: ApiVersion = ApiVersion::V0;
const V1: ApiVersion = ApiVersion::V1;

/// A new user in order, with these fields besides or instead; `null` for none.
fn with(fields: Value) -> Map<String, Value> {
    let mut user = object(json!({
        "username": "bob", "display_name": "Bob", "email": "Bob@Example.com",
        "password": "foobar", "bogus": 1,
    }));
    for (field, value) in object(fields) {
        match value {
            Value::Null => user.remove(&field),
            value => user.insert(field, value),
        };
    }
    user
}

#[test]
fn a_new_user_is_read_with_the_first_thing_that_is_wrong() {
    for (fields, expected) in [
        (json!({"username": null}), "Field 'username' missing"),
        (json!({"username": "Bob"}), "Field 'username' invalid"),
        (json!({"username": "b b"}), "Field 'username' invalid"),
        (json!({"name": "ボブ"}), "Field 'name' invalid"),
        (json!({"display_name": null}), "Field 'display_name' missing"),
        (json!({"display_name": 1}), "Field 'display_name' invalid"),
        (json!({"city": 1}), "Field 'city' invalid"),
        (json!({"password": "short"}), "Password must have at least 6 characters"),
        (json!({"password": 123_456}), "Field 'password' invalid"),
        (json!({"password": null}), "Field 'password' missing"),
        (json!({"email": null}), "Field 'email' missing"),
        (json!({"email": "x@foo @ bar no go"}), "email must be valid"),
        (json!({"public_key": "nope", "username": "B"}), "Public Key must be a valid key."),
        (json!({"public_key": "CERT:KEY"}), "Public Key must be a valid key."),
    ] {
        let refusal = NewUser::read(&with(fields.clone()), V0, READER).unwrap_err();
        assert_eq!(refusal.sentence, expected, "{fields}");
    }
    let mut user = with(json!({}));
    user.insert("first_name".to_owned(), Value::Null);
    let refusal = NewUser::read(&user, V0, READER).unwrap_err();
    assert_eq!(refusal.sentence, "Field 'first_name' invalid");
}

#[test]
fn a_name_wins_over_a_username() {
    let user = NewUser::read(&with(json!({"name": "rob"})), V0, READER).unwrap();
    assert_eq!(user.name.as_str(), "rob");
    assert_eq!(user.email.unwrap().as_str(), "bob@example.com");
    assert_eq!(Value::Object(user.profile), json!({"display_name": "Bob"}));
}

#[test]
fn whose_identity_is_elsewhere_needs_neither_password_nor_address() {
    let uid = json!({"external_authentication_uid": "b", "password": null, "email": null});
    let user = NewUser::read(&with(uid.clone()), V0, READER).unwrap();
    assert_eq!((user.email, user.password), (None, None));
    let mut update = with(uid);
    update.insert("email".to_owned(), Value::Null);
    let update = UserUpdate::read(&update, V1, READER).unwrap();
    assert!(update.is_for_superusers());
}

#[test]
fn who_it_is_elsewhere_can_be_looked_for() {
    let long = "b".repeat(MAX_EXTERNAL_UID_LENGTH);
    for (uid, good) in [("b ö", true), (&long, true), (&format!("{long}b"), false), ("b\0", false)]
    {
        let user = NewUser::read(&with(json!({"external_authentication_uid": uid})), V0, READER);
        let sentence = user.as_ref().err().map(|refusal| refusal.sentence.as_str());
        let refused = "Field 'external_authentication_uid' invalid";
        assert_eq!(sentence, (!good).then_some(refused), "{uid:?}");
    }
}

#[test]
fn each_version_asks_for_keys_in_its_own_way() {
    let new = |version, fields| NewUser::read(&with(fields), version, READER).map(|user| user.key);
    let given = |text: &str| Some(KeySource::Given(text.to_owned()));
    assert_eq!(new(V0, json!({})), Ok(Some(KeySource::Generate)));
    assert_eq!(new(V0, json!({"public_key": "KEY"})), Ok(given("KEY")));
    assert_eq!(new(V0, json!({"certificate": "CERT:KEY"})), Ok(given("KEY")));
    let made = json!({"private_key": true, "public_key": "no key"});
    assert_eq!(new(V0, made), Ok(Some(KeySource::Generate)));
    assert_eq!(new(V1, json!({})), Ok(None));
    assert_eq!(new(V1, json!({"create_key": true})), Ok(Some(KeySource::Generate)));
    assert_eq!(new(V1, json!({"create_key": false, "public_key": "KEY"})), Ok(given("KEY")));
    assert!(new(V1, json!({"private_key": true})).is_err());

    let update =
        |version, fields| UserUpdate::read(&with(fields), version, READER).map(|user| user.key);
    assert_eq!(update(V0, json!({})), Ok(None));
    assert_eq!(update(V0, json!({"private_key": true})), Ok(Some(KeySource::Generate)));
    let private = update(V0, json!({"private_key": 1})).unwrap_err();
    assert_eq!(private.sentence, "Field 'private_key' invalid");
    assert_eq!(update(V1, json!({})), Ok(None));
    let elsewhere = update(V1, json!({"public_key": "KEY"})).unwrap_err();
    assert!(elsewhere.sentence.ends_with("via the keys endpoint. "));
}

#[test]
fn credentials_are_asked_for_in_each_endpoints_order() {
    let sentence = |read: Result<Credentials, Refusal>| read.unwrap_err().sentence;
    let nothing = object(json!({"user": "bob", "pass": "foobar"}));
    assert_eq!(sentence(Credentials::read(&nothing)), "Field 'password' missing");
    let recovery = Credentials::read_for_recovery(&nothing);
    assert_eq!(sentence(recovery), "Field 'username' missing");
    let blank = object(json!({"username": "", "password": "x"}));
    assert_eq!(sentence(Credentials::read(&blank)), "Field 'username' invalid");
}

#[test]
fn passwords_are_not_shown() {
    let user = NewUser::read(&with(json!({})), V0, READER).unwrap();
    assert!(!format!("{user:?}").contains("foobar"));
    let credentials = Credentials { name: "bob".to_owned(), password: "foobar".to_owned() };
    assert!(!format!("{credentials:?}").contains("foobar"));
}

proptest! {
    #[test]
    fn any_object_is_read_or_refused(
        changes in prop::collection::hash_map(
            prop::sample::select(vec![
                "name", "username", "display_name", "first_name", "password", "email",
                "private_key", "public_key", "create_key", "certificate", EXTERNAL_UID, RECOVERY,
            ]),
            prop::option::of(values()),
            0..6,
        ),
        version in prop::sample::select(vec![V0, V1, ApiVersion::V2]),
    ) {
        let mut user = with(json!({}));
        for (field, value) in changes {
            match value {
                Some(value) => user.insert(field.to_owned(), value),
                None => user.remove(field),
            };
        }
        let _ = NewUser::read(&user, version, READER);
        let _ = UserUpdate::read(&user, version, READER);
        let _ = Credentials::read(&user);
    }
}
