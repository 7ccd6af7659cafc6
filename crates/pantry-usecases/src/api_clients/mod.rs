//! API clients: who speaks for a machine in the Chef API, and the validators that make them.

use serde::{Deserialize, Serialize};

/// What is stored of an API client.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ApiClientRecord {
    /// Whether it may make other API clients, and nothing else.
    pub(crate) validator: bool,
}
