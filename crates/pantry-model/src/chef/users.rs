//! Users, as requests speak of them (`/users`, `/authenticate_user`, `/system_recovery`).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::email::EmailAddress;
use super::fields;
use super::keys::{KeyReader, KeySource};
use super::version::ApiVersion;
use crate::names::UserName;
use crate::refusals::{Refusal, keys, request, users};

/// What is kept of a user for people to read, as it was sent. `display_name` is always there.
pub const PROFILE: [&str; 8] = [
    "display_name",
    "first_name",
    "last_name",
    "middle_name",
    "city",
    "country",
    "twitter_account",
    "image_file_name",
];

/// A password has at least as many bytes.
pub const MIN_PASSWORD_LENGTH: usize = 6;

const EXTERNAL_UID: &str = "external_authentication_uid";
const RECOVERY: &str = "recovery_authentication_enabled";

/// A password that is long enough. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Password(String);

impl TryFrom<String> for Password {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::read(&text)
    }
}

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0
    }
}

impl Password {
    /// Reads a password.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        if text.len() < MIN_PASSWORD_LENGTH {
            return Err(users::short_password());
        }
        Ok(Self(text.to_owned()))
    }

    /// The password.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A user that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Its name.
    pub name: UserName,
    /// The fields of [`PROFILE`].
    pub profile: Map<String, Value>,
    /// Where it is written to; only a user whose identity is elsewhere has none.
    pub email: Option<EmailAddress>,
    /// What it signs in with; only a user whose identity is elsewhere has none.
    pub password: Option<Password>,
    /// Who it is elsewhere.
    pub external_authentication_uid: Option<String>,
    /// Whether it may sign in by password although its identity is elsewhere.
    pub recovery_authentication_enabled: bool,
    /// Its first key, if it is to have one.
    pub key: Option<KeySource>,
}

impl NewUser {
    /// Reads the body of a POST.
    pub fn read(
        object: &Map<String, Value>,
        version: ApiVersion,
        reader: KeyReader,
    ) -> Result<Self, Refusal> {
        let key = match version {
            // In version 0 every user has a key.
            ApiVersion::V0 => {
                Some(key_in_version_0(object, reader)?.unwrap_or(KeySource::Generate))
            }
            _ => KeySource::read(object, reader)?,
        };
        let Common { name, profile, external_authentication_uid, password, email } =
            Common::read(object)?;
        let is_local = external_authentication_uid.is_none();
        if is_local && email.is_none() {
            return Err(request::field_missing("email"));
        }
        if is_local && password.is_none() {
            return Err(request::field_missing("password"));
        }
        let recovery_authentication_enabled = object.get(RECOVERY) == Some(&Value::Bool(true));
        let profile = profile.into_iter().filter(|(_, value)| !value.is_null()).collect();
        Ok(Self {
            name,
            profile,
            email,
            password,
            external_authentication_uid,
            recovery_authentication_enabled,
            key,
        })
    }
}

/// What a user is to be from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserUpdate {
    /// Its name.
    pub name: UserName,
    /// Fields of [`PROFILE`]: `null` takes one away, and those that are absent stay.
    pub profile: Map<String, Value>,
    /// Where it is written to. Only a user whose identity is elsewhere, now or before, may have
    /// none; whether it was, only the store knows.
    pub email: Option<EmailAddress>,
    /// Another password.
    pub password: Option<Password>,
    /// Who it is elsewhere, if that is to change.
    pub external_authentication_uid: Option<String>,
    /// Whether it may sign in by password although its identity is elsewhere, if that is to change.
    pub recovery_authentication_enabled: Option<bool>,
    /// Another key in place of the one named `default`.
    pub key: Option<KeySource>,
}

impl UserUpdate {
    /// Reads the body of a PUT.
    pub fn read(
        object: &Map<String, Value>,
        version: ApiVersion,
        reader: KeyReader,
    ) -> Result<Self, Refusal> {
        let key = match version {
            ApiVersion::V0 => key_in_version_0(object, reader)?,
            _ => KeySource::must_be_elsewhere(object).map(|()| None)?,
        };
        let common = Common::read(object)?;
        let recovery_authentication_enabled = fields::boolean(object, RECOVERY)?;
        fields::boolean(object, "private_key")?;
        Ok(Self {
            name: common.name,
            profile: common.profile,
            email: common.email,
            password: common.password,
            external_authentication_uid: common.external_authentication_uid,
            recovery_authentication_enabled,
            key,
        })
    }

    /// Whether it says where the user's identity is, or who lets it in: only superusers may.
    pub fn is_for_superusers(&self) -> bool {
        self.external_authentication_uid.is_some() || self.recovery_authentication_enabled.is_some()
    }
}

/// The key that version 0 asks for. Where one is to be made, one that is sent is not looked at; and
/// where a public key is asked for, a certificate is none.
fn key_in_version_0(
    object: &Map<String, Value>,
    reader: KeyReader,
) -> Result<Option<KeySource>, Refusal> {
    if object.get("private_key") == Some(&Value::Bool(true)) {
        return Ok(Some(KeySource::Generate));
    }
    if fields::holds(object, "public_key") {
        let key = fields::required_text(object, "public_key")?;
        if !(reader.is_public_key)(key) {
            return Err(keys::invalid());
        }
    }
    KeySource::in_version_0(object, reader)
}

/// What new users and changed ones have in common.
struct Common {
    name: UserName,
    profile: Map<String, Value>,
    external_authentication_uid: Option<String>,
    password: Option<Password>,
    email: Option<EmailAddress>,
}

impl Common {
    fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let field = if object.contains_key("name") { "name" } else { "username" };
        let name = fields::required_text(object, field)?;
        let name = name.parse().map_err(|_| request::field_invalid(field))?;
        fields::required_text(object, "display_name")?;
        for field in
            ["first_name", "last_name", "middle_name", "twitter_account", "city", "country"]
        {
            fields::text(object, field)?;
        }
        let external_authentication_uid = fields::text(object, EXTERNAL_UID)?.map(str::to_owned);
        let password = fields::text(object, "password")?.map(Password::read).transpose()?;
        // Users whose identity is elsewhere are sent with an address of `null`.
        let email = match object.get("email") {
            Some(Value::Null) if external_authentication_uid.is_some() => None,
            _ => fields::text(object, "email")?.map(EmailAddress::read).transpose()?,
        };
        let kept = |field: &&str| Some(((*field).to_owned(), object.get(*field)?.clone()));
        let profile = PROFILE.iter().filter_map(kept).collect();
        Ok(Self { name, profile, external_authentication_uid, password, email })
    }
}

/// A name and a password, as someone has typed them. `Debug` does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whoever they say they are.
    pub name: String,
    /// What they say for it.
    pub password: String,
}

impl Credentials {
    /// Reads the body of a POST to `/authenticate_user`.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let password = fields::filled_text(object, "password")?.to_owned();
        Ok(Self { name: fields::filled_text(object, "username")?.to_owned(), password })
    }

    /// Reads the body of a POST to `/system_recovery`, which looks at the name first.
    pub fn read_for_recovery(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let name = fields::filled_text(object, "username")?.to_owned();
        Ok(Self { name, password: fields::filled_text(object, "password")?.to_owned() })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, ..)", self.name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::keys::tests::{READER, object, values};
    use super::*;

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
    fn each_version_asks_for_keys_in_its_own_way() {
        let new =
            |version, fields| NewUser::read(&with(fields), version, READER).map(|user| user.key);
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
}
