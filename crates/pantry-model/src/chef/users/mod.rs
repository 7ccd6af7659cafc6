//! Users, as requests speak of them (`/users`), and their passwords.

mod credentials;
#[cfg(test)]
mod tests;

pub use credentials::{Credentials, MIN_PASSWORD_LENGTH, Password};

use serde_json::{Map, Value};

use super::email::EmailAddress;
use super::fields;
use super::keys::{KeyReader, KeySource};
use super::version::ApiVersion;
use crate::names::UserName;
use crate::refusals::{Refusal, keys, request};

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

/// The longest name that a user has elsewhere, in bytes; it has no NUL either. Stores look for users
/// by it, and not all of them do so by any text.
pub const MAX_EXTERNAL_UID_LENGTH: usize = 1023;

const EXTERNAL_UID: &str = "external_authentication_uid";
const RECOVERY: &str = "recovery_authentication_enabled";

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
        let external_authentication_uid = match fields::text(object, EXTERNAL_UID)? {
            Some(uid) if uid.len() > MAX_EXTERNAL_UID_LENGTH || uid.contains('\0') => {
                return Err(request::field_invalid(EXTERNAL_UID));
            }
            uid => uid.map(str::to_owned),
        };
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
