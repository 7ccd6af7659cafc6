//! Users: people, and scripts in a person's place.

use pantry_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What is stored of a user; its name is that of the document, its keys are beside it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    /// What the Chef API shows of it, beside its name: `display_name`, `email` and the like.
    #[serde(default)]
    pub(crate) profile: Map<String, Value>,
    /// The hash of its password, if it has one.
    #[serde(default)]
    pub(crate) password: Option<String>,
    /// Whether it may sign in by password where its identity is elsewhere.
    #[serde(default)]
    pub(crate) recovery_authentication_enabled: bool,
    /// When it was made.
    pub(crate) created_at: Timestamp,
}

impl UserRecord {
    /// One of the users that a server has from its first start.
    pub(crate) fn of_the_server(name: &str, created_at: Timestamp) -> Self {
        let mut profile = Map::new();
        profile.insert("display_name".to_owned(), json!(name));
        profile.insert("email".to_owned(), json!(format!("{name}@localhost.localdomain")));
        Self { profile, password: None, recovery_authentication_enabled: false, created_at }
    }
}
