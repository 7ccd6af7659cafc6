//! `app acl show|grant|revoke|repair`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Command;
use crate::acl::Permission;
use crate::names::{ApplicationName, InvalidName};

/// An object of an application whose access control list is meant: `nodes/web1`, or the
/// organization itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AclObject {
    /// The application itself.
    Organization,
    /// An object of it.
    Named {
        /// The kind as the Chef API's paths write it: `nodes`, `containers`.
        kind: String,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for AclObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Named { kind, name } => write!(f, "{kind}/{name}"),
        }
    }
}

impl FromStr for AclObject {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text == "organization" {
            return Ok(Self::Organization);
        }
        match text.split_once('/') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => {
                Ok(Self::Named { kind: kind.to_owned(), name: name.to_owned() })
            }
            _ => Err(InvalidName {
                what: "an object",
                text: text.chars().take(64).collect(),
                rule: "`organization`, or a kind and a name: `containers/nodes`, `groups/admins`",
            }),
        }
    }
}

impl TryFrom<String> for AclObject {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<AclObject> for String {
    fn from(object: AclObject) -> String {
        object.to_string()
    }
}

/// Someone who can hold a permission: `user:ada`, `client:web1`, `group:admins`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Holder {
    /// A user.
    User(String),
    /// An API client of the application.
    Client(String),
    /// A group: of the application, or `::GROUP`, or `APPLICATION::GROUP`.
    Group(String),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user:{name}"),
            Self::Client(name) => write!(f, "client:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
        }
    }
}

impl FromStr for Holder {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text.split_once(':') {
            Some(("user", name)) if !name.is_empty() => Ok(Self::User(name.to_owned())),
            Some(("client", name)) if !name.is_empty() => Ok(Self::Client(name.to_owned())),
            Some(("group", name)) if !name.is_empty() => Ok(Self::Group(name.to_owned())),
            _ => Err(InvalidName {
                what: "a holder of permissions",
                text: text.chars().take(64).collect(),
                rule: "`user:NAME`, `client:NAME` or `group:NAME`",
            }),
        }
    }
}

impl TryFrom<String> for Holder {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Holder> for String {
    fn from(holder: Holder) -> String {
        holder.to_string()
    }
}

/// Shows who may do what to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclShow {
    /// The application.
    pub application: ApplicationName,
    /// The object.
    pub object: AclObject,
}

/// Gives permissions on an object to more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclGrant {
    /// The application.
    pub application: ApplicationName,
    /// The object.
    pub object: AclObject,
    /// Which permissions.
    pub permissions: Vec<Permission>,
    /// To whom.
    pub holder: Holder,
}

/// Takes permissions on an object away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclRevoke {
    /// The application.
    pub application: ApplicationName,
    /// The object.
    pub object: AclObject,
    /// Which permissions.
    pub permissions: Vec<Permission>,
    /// From whom.
    pub holder: Holder,
}

/// Puts back what an application has from its first moment and has lost: containers, groups, and
/// the default permissions on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AclRepair {
    /// The application.
    pub application: ApplicationName,
}

/// Who holds one permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclLine {
    /// Which.
    pub permission: Permission,
    /// Who, users first, then API clients, then groups; each by name.
    pub holders: Vec<Holder>,
}

impl Command for AclShow {
    const NAME: &'static str = "app-acl-show";
    type Answer = Vec<AclLine>;
}

impl Command for AclGrant {
    const NAME: &'static str = "app-acl-grant";
    type Answer = ();
}

impl Command for AclRevoke {
    const NAME: &'static str = "app-acl-revoke";
    type Answer = ();
}

impl Command for AclRepair {
    const NAME: &'static str = "app-acl-repair";
    /// What was put back, a phrase each.
    type Answer = Vec<String>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_holders_read_back() {
        for text in ["organization", "containers/nodes", "nodes/web1.example.org"] {
            assert_eq!(text.parse::<AclObject>().unwrap().to_string(), text);
        }
        for text in ["user:ada", "client:web1", "group:admins", "group:::server-admins"] {
            assert_eq!(text.parse::<Holder>().unwrap().to_string(), text);
        }
        for bad in ["", "nodes", "nodes/", "/web1"] {
            assert!(bad.parse::<AclObject>().is_err(), "{bad:?}");
        }
        for bad in ["", "ada", "user:", "robot:r2"] {
            assert!(bad.parse::<Holder>().is_err(), "{bad:?}");
        }
    }
}
