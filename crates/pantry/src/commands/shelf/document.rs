//! A shelf, as a server tells it, and where it does.

use pantry_http_client::{ChefClient, ChefError, segment};
use pantry_model::ApplicationName;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors::CliError;

/// A shelf.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shelf {
    /// Its name, which is its application's.
    pub(super) name: String,
    /// Whether anybody may read it, unsigned.
    pub(super) published: bool,
    /// Whether every application may use it.
    pub(super) granted_to_all: bool,
    /// Whom it is granted to; told only to those who may grant it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grants: Option<Vec<String>>,
}

impl Shelf {
    /// Who may use it, in words; `None` if that is not told.
    pub(super) fn users(&self) -> Option<String> {
        match &self.grants {
            _ if self.granted_to_all => Some("every application".to_owned()),
            Some(grants) if grants.is_empty() => Some("nobody".to_owned()),
            Some(grants) => Some(grants.join(", ")),
            None => None,
        }
    }
}

/// Where a shelf is.
pub(super) fn path(shelf: &ApplicationName) -> String {
    format!("/organizations/{}/shelf", segment(shelf.as_str()))
}

/// The shelf of this name.
pub(super) async fn get(client: &ChefClient, shelf: &ApplicationName) -> Result<Shelf, ChefError> {
    client.get_json(&path(shelf)).await
}

/// Says something of a shelf.
pub(super) async fn put(
    client: &ChefClient,
    shelf: &ApplicationName,
    what: &Value,
) -> Result<(), CliError> {
    client.put(&path(shelf), what.to_string().into_bytes()).await?;
    Ok(())
}
