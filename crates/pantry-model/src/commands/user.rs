//! `user create|list|show|delete|password|keys|credentials`.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::chef::users::Password;
use crate::key::CurvePublicKey;
use crate::names::{ApplicationName, KeyName, UserName};
use crate::time::Timestamp;

/// Makes a user, who can do nothing until it has keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// Its name.
    pub user: UserName,
    /// Its e-mail address, which no other user has.
    pub email: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// What it signs in to a web front end with.
    pub password: Option<Password>,
}

/// Lists the users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserList {}

/// Shows one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserShow {
    /// Which.
    pub user: UserName,
}

/// Deletes a user: its keys are refused from then on, and its connections end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserDelete {
    /// Which.
    pub user: UserName,
}

/// Sets a user's password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserPassword {
    /// Whose.
    pub user: UserName,
    /// The new one.
    pub password: Password,
}

/// Lists a user's RSA keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserKeys {
    /// Whose.
    pub user: UserName,
}

/// Gives a user its keys: a CURVE key and the RSA key `default`, in the place of those that it has
/// if that is wanted. The pairs are made by whoever asks; the secret halves never travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCredentials {
    /// Whose.
    pub user: UserName,
    /// The public half of its CURVE key.
    pub curve_key: CurvePublicKey,
    /// The public half of its RSA key, PEM.
    pub rsa_key: String,
    /// Whether they may take the place of others.
    pub replace: bool,
}

/// A user as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    /// Its name.
    pub user: UserName,
    /// What people call it.
    pub display_name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
}

/// A user as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Its name.
    pub user: UserName,
    /// What people call it.
    pub display_name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// The applications that it belongs to, by name; of these, those that the asker shares with it.
    pub applications: Vec<ApplicationName>,
}

/// One of a user's RSA keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserKey {
    /// Its name.
    pub name: KeyName,
    /// PEM.
    pub public_key: String,
    /// When it ends; never, if none.
    pub expires_at: Option<Timestamp>,
    /// Whether it has ended.
    pub is_expired: bool,
}

/// Where else the server can be reached with what was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCredentialsAnswer {
    /// The port of the Chef Server API, and whether it speaks TLS; none if it is not served.
    pub http: Option<HttpAddress>,
}

/// Where the Chef Server API is served, beside the host's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpAddress {
    /// The port.
    pub port: u16,
    /// Whether it speaks TLS.
    pub tls: bool,
}

impl Command for UserCreate {
    const NAME: &'static str = "user-create";
    type Answer = UserView;
}

impl Command for UserList {
    const NAME: &'static str = "user-list";
    type Answer = Vec<UserSummary>;
}

impl Command for UserShow {
    const NAME: &'static str = "user-show";
    type Answer = UserView;
}

impl Command for UserDelete {
    const NAME: &'static str = "user-delete";
    type Answer = ();
}

impl Command for UserPassword {
    const NAME: &'static str = "user-password";
    type Answer = ();
}

impl Command for UserKeys {
    const NAME: &'static str = "user-keys";
    type Answer = Vec<UserKey>;
}

impl Command for UserCredentials {
    const NAME: &'static str = "user-credentials";
    type Answer = UserCredentialsAnswer;
}
