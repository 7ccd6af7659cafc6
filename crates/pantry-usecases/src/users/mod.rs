//! Users: people, and scripts in a person's place.

mod authenticate;
mod create;
mod credentials;
mod delete;
mod identities;
mod list;
mod password;
mod show;
mod update;

pub use create::CreatedUser;
pub use credentials::NewCredentials;
pub use list::UserFilter;
pub use show::UserView;
pub use update::UpdatedUser;

pub(crate) use identities::claim;

use pantry_model::{Error, Timestamp};
use pantry_store::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::fault::unreadable;
use crate::first_start::{ADMINISTRATOR, SUPERUSER};

/// The field of a profile that holds the e-mail address.
const EMAIL: &str = "email";

/// What is stored of a user; its name is that of the document, its keys are beside it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    /// What the Chef API shows of it, beside its name: `display_name`, `email` and the like.
    #[serde(default)]
    pub(crate) profile: Map<String, Value>,
    /// The hash of its password, if it has one.
    #[serde(default)]
    pub(crate) password: Option<String>,
    /// Who it is elsewhere.
    #[serde(default)]
    pub(crate) external_authentication_uid: Option<String>,
    /// Whether it may sign in by password where its identity is elsewhere.
    #[serde(default)]
    pub(crate) recovery_authentication_enabled: bool,
    /// When it was made.
    pub(crate) created_at: Timestamp,
}

impl UserRecord {
    /// One of the users that a server has from its first start.
    pub(crate) fn of_the_server(name: &str, created_at: Timestamp) -> Self {
        let profile = match name {
            // What the original's superuser is called.
            SUPERUSER => json!({
                "display_name": "Chef Server Superuser", "first_name": "Chef",
                "last_name": "Server", "email": "root@localhost.localdomain",
            }),
            _ => json!({
                "display_name": "Administrator", "email": format!("{name}@localhost.localdomain"),
            }),
        };
        Self {
            profile: profile.as_object().cloned().unwrap_or_default(),
            password: None,
            external_authentication_uid: None,
            recovery_authentication_enabled: false,
            created_at,
        }
    }

    pub(crate) fn read(document: &Document) -> Result<Self, Error> {
        serde_json::from_slice(&document.body).map_err(|error| unreadable("user", &error))
    }

    /// Its e-mail address, in lower case.
    pub(crate) fn email(&self) -> Option<&str> {
        self.profile.get(EMAIL).and_then(Value::as_str)
    }
}

/// Whether the server itself needs the user of this name, and under this name.
pub(crate) fn belongs_to_the_server(name: &str) -> bool {
    [SUPERUSER, ADMINISTRATOR].contains(&name)
}
