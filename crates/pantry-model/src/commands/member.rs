//! `app member add|remove|list`.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::names::{ApplicationName, UserName};

/// Lets users into an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberAdd {
    /// The application.
    pub application: ApplicationName,
    /// Who.
    pub user: UserName,
    /// Whether it is to be one of the application's admins.
    pub admin: bool,
}

/// Takes a user out of an application, and out of its admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRemove {
    /// The application.
    pub application: ApplicationName,
    /// Who.
    pub user: UserName,
}

/// Lists who belongs to an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberList {
    /// The application.
    pub application: ApplicationName,
}

/// Someone who belongs to an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: UserName,
    /// Whether it is one of the application's admins.
    pub admin: bool,
}

impl Command for MemberAdd {
    const NAME: &'static str = "app-member-add";
    type Answer = ();
}

impl Command for MemberRemove {
    const NAME: &'static str = "app-member-remove";
    type Answer = ();
}

impl Command for MemberList {
    const NAME: &'static str = "app-member-list";
    type Answer = Vec<Member>;
}
