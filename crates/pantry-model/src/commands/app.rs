//! `app create|list|delete`.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::names::ApplicationName;
use crate::time::Timestamp;

/// Makes an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppCreate {
    /// Its name.
    pub application: ApplicationName,
}

/// Lists the applications that the user may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppList {}

/// Deletes an application and all that is its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppDelete {
    /// Its name.
    pub application: ApplicationName,
}

/// An application as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSummary {
    /// Its name.
    pub application: ApplicationName,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Command for AppCreate {
    const NAME: &'static str = "app-create";
    type Answer = AppSummary;
}

impl Command for AppList {
    const NAME: &'static str = "app-list";
    type Answer = Vec<AppSummary>;
}

impl Command for AppDelete {
    const NAME: &'static str = "app-delete";
    type Answer = ();
}
