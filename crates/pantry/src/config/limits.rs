//! `networking.limits`: what one peer, or all of them together, may take of the server.

use std::time::Duration;

use serde::Deserialize;

use super::values::{seconds, whole};

/// `networking.limits` in `server.yml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Connections from one address at a time. A client has two, and many may share an address.
    #[serde(deserialize_with = "whole::<2, 1_000_000, _, _>")]
    pub(crate) connections_per_address: usize,
    /// Connections in all.
    #[serde(deserialize_with = "whole::<16, 1_000_000, _, _>")]
    pub(crate) max_sockets: usize,
    /// Bytes of one message.
    #[serde(deserialize_with = "whole::<1_048_576, 67_108_864, _, _>")]
    pub(crate) max_message_bytes: usize,
    /// How long a new connection may say nothing, in seconds.
    #[serde(deserialize_with = "seconds::<1, 600, _>")]
    pub(crate) identify_within: Duration,
    /// Bytes of the documents that one run of Chef may read.
    #[serde(deserialize_with = "whole::<65_536, 1_073_741_824, _, _>")]
    pub(crate) max_run_documents_bytes: u64,
    /// Bytes of files that a job may carry, or bring from one client.
    pub(crate) bytes_per_job: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_per_address: 4096,
            max_sockets: 65_536,
            max_message_bytes: pantry_model::protocol::MAX_MESSAGE_BYTES,
            identify_within: Duration::from_secs(10),
            max_run_documents_bytes: 67_108_864,
            bytes_per_job: 64 * 1024 * 1024 * 1024,
        }
    }
}
