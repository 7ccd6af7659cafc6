//! Who speaks: the owner of a verified CURVE key.
//!
//! The text form is what ZAP sets as `User-Id` on every message of a connection and what `from`
//! must say: `a/shop/i/web1` for a machine, `u/admin` for a user.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::{InvalidName, MachineId, UserName};

/// The owner of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Principal {
    /// A machine of an application.
    Machine(MachineId),
    /// A user.
    User(UserName),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(machine) => {
                write!(f, "a/{}/i/{}", machine.application, machine.identity)
            }
            Self::User(user) => write!(f, "u/{user}"),
        }
    }
}

impl FromStr for Principal {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("a"), Some(application), Some("i"), Some(identity), None) => {
                Ok(Self::Machine(MachineId {
                    application: application.parse()?,
                    identity: identity.parse()?,
                }))
            }
            (Some("u"), Some(user), None, None, None) => Ok(Self::User(user.parse()?)),
            _ => Err(InvalidName {
                what: "a principal",
                text: text.chars().take(64).collect(),
                rule: "`a/APPLICATION/i/IDENTITY` or `u/USER`",
            }),
        }
    }
}

impl TryFrom<String> for Principal {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> String {
        principal.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        for text in ["a/shop/i/web1", "u/admin"] {
            assert_eq!(text.parse::<Principal>().unwrap().to_string(), text);
        }
        for bad in ["", "a/shop", "a/shop/i/", "a/shop/i/web1/x", "u/", "u/a/b", "shop/web1"] {
            assert!(bad.parse::<Principal>().is_err(), "{bad:?} was taken");
        }
    }
}
