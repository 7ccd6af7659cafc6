//! Passwords, new and as someone has typed them to be let in (`/authenticate_user`,
//! `/system_recovery`).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::chef::fields;
use crate::refusals::{Refusal, users};

/// A password has at least as many bytes.
pub const MIN_PASSWORD_LENGTH: usize = 6;

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
