//! Names that cannot be wrong: each is parsed once, where it enters.
//!
//! The rules are those of the Chef Server API, so that a Pantry client, its API client and its node
//! can share one name, and an application can be an organization. No name contains `|`, `/` or a
//! glob character: streams (see [`crate::Stream`]), targets and routes rely on that.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name of any kind, in bytes.
pub const MAX_NAME_LENGTH: usize = 255;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: {rule}")]
pub struct InvalidName {
    /// What was expected, with its article: "an application name".
    pub what: &'static str,
    /// The start of the text that was given.
    pub text: String,
    /// The rule it breaks, as a phrase.
    pub rule: &'static str,
}

fn check(
    text: &str,
    what: &'static str,
    rule: &'static str,
    allowed: fn(usize, u8) -> bool,
) -> Result<(), InvalidName> {
    let fits = !text.is_empty()
        && text.len() <= MAX_NAME_LENGTH
        && text.bytes().enumerate().all(|(at, byte)| allowed(at, byte));
    if fits {
        Ok(())
    } else {
        Err(InvalidName { what, text: text.chars().take(64).collect(), rule })
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                check(&text, $what, $rule, $allowed)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    };
}

name!(
    /// The name of an application, which is a Chef organization's name.
    ApplicationName,
    "an application name",
    "1 to 255 of a-z, 0-9, `_` and `-`, beginning with a letter or digit",
    |at, byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || (at > 0 && b"_-".contains(&byte))
);

name!(
    /// What a client calls itself, unique within its application; also its API client's and node's name.
    Identity,
    "a client identity",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-` and `.`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
);

name!(
    /// The name of a Chef environment.
    EnvironmentName,
    "an environment name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-` and `.`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
);

name!(
    /// The name of a Chef role.
    RoleName,
    "a role name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a user: a person, or a script in a person's place.
    UserName,
    "a user name",
    "1 to 255 of a-z, 0-9, `_` and `-`",
    |_, byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
);

name!(
    /// The name of a group of users, API clients and other groups.
    GroupName,
    "a group name",
    "1 to 255 of a-z, 0-9, `_` and `-`",
    |_, byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
);

name!(
    /// The name of a container: what holds all objects of one kind, such as `nodes`.
    ContainerName,
    "a container name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-` and `.`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
);

name!(
    /// The name of one of an actor's RSA keys.
    KeyName,
    "a key name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a Chef node.
    NodeName,
    "a node name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a Chef policy.
    PolicyName,
    "a policy name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a group of nodes that have the same revisions of Chef policies.
    PolicyGroupName,
    "a policy group name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// What a revision of a Chef policy is known by, unique within its policy.
    PolicyRevisionId,
    "the id of a policy's revision",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a cookbook.
    CookbookName,
    "a cookbook name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-` and `.`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
);

name!(
    /// What a cookbook artifact is known by, unique among those of its name.
    CookbookArtifactIdentifier,
    "the identifier of a cookbook artifact",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The name of a data bag.
    DataBagName,
    "a data bag name",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

name!(
    /// The id of an item of a data bag, unique within it.
    DataBagItemId,
    "the id of a data bag item",
    "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.` and `:`",
    |_, byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte)
);

impl EnvironmentName {
    /// The environment of whoever was given none, as in Chef.
    pub fn default_name() -> Self {
        Self(Self::DEFAULT.to_owned())
    }

    /// Its name as text.
    pub const DEFAULT: &str = "_default";
}

/// A machine: an identity within an application. Written `APP/IDENTITY`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MachineId {
    /// The application it belongs to.
    pub application: ApplicationName,
    /// Its name there.
    pub identity: Identity,
}

impl fmt::Display for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.application, self.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_chef_server_api() {
        for good in ["shop", "9lives", "a-b_c"] {
            assert_eq!(good.parse::<ApplicationName>().unwrap().as_str(), good);
        }
        for bad in ["", "_global", "-x", "Shop", "a|b", "a/b", "a b", &"a".repeat(256)] {
            assert!(bad.parse::<ApplicationName>().is_err(), "{bad:?} was taken");
        }
        for bad in ["", "web*", "web|", "a/b", "web 1", "wéb"] {
            assert!(bad.parse::<Identity>().is_err(), "{bad:?} was taken");
        }
        assert!("Web-1.example_org".parse::<Identity>().is_ok());
        assert!("a::b".parse::<RoleName>().is_ok());
        assert!("Admin".parse::<UserName>().is_err());
    }

    #[test]
    fn an_invalid_name_says_the_rule() {
        let error = "Shop".parse::<ApplicationName>().unwrap_err().to_string();
        assert!(error.starts_with("`Shop` is not an application name: 1 to 255 of a-z"), "{error}");
    }
}
