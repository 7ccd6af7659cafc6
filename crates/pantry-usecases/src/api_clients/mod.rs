//! API clients: who speaks for a machine in the Chef API, and the validators that make them.
//!
//! A machine and its API client share a name and nothing else: deleting or renaming the API client
//! by the Chef API leaves the machine as it is, with its CURVE key and its jobs.

mod add;
mod create;
mod delete;
mod list;
mod show;
mod update;

pub use create::CreatedApiClient;
pub use show::ApiClientView;
pub use update::UpdatedApiClient;

use pantry_model::Error;
use pantry_store::Document;
use serde::{Deserialize, Serialize};

use crate::fault::unreadable;

/// What is stored of an API client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApiClientRecord {
    /// Whether it may make other API clients, and nothing else.
    pub(crate) validator: bool,
}

impl ApiClientRecord {
    pub(crate) fn read(document: &Document) -> Result<Self, Error> {
        serde_json::from_slice(&document.body).map_err(|error| unreadable("API client", &error))
    }
}
