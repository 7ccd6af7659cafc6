//! What one peer, or all of them together, may take of the server.

use std::time::Duration;

/// Each with what happens beyond it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections in all. Beyond it a new one is closed at once.
    pub max_connections: usize,
    /// Open connections from one IPv4 address, or from one network of 2^64 IPv6 addresses, which is
    /// what one customer of a provider has. Beyond it a new one is closed at once.
    pub connections_per_address: usize,
    /// How long a request's head may take from its first byte, or from when the connection was made;
    /// so too for the handshake of TLS. Then the connection is closed.
    pub head_within: Duration,
    /// How long a request's whole JSON body may take, and how long nothing may arrive of a file that is
    /// uploaded. Then the answer is 408.
    pub body_within: Duration,
    /// How long a connection may stay open without a request. Then it is closed.
    pub idle_for: Duration,
    /// How long an answer may wait for the peer to take more of it. Then the connection is closed.
    pub stalled_for: Duration,
    /// How long requests that are being served may take when the server ends.
    pub end_within: Duration,
    /// Bytes of a request's head. Beyond it the answer is 431.
    pub max_head_bytes: usize,
    /// Bytes of a path with its query. Beyond it the answer is 414.
    pub max_uri_bytes: usize,
    /// Bytes of a JSON body. Beyond it the answer is 413.
    pub max_json_bytes: usize,
    /// Bytes of a report of a Chef run, packed or not. Beyond it the answer is 413.
    pub max_report_bytes: usize,
    /// Bytes of a file that is uploaded. Beyond it the answer is 413.
    pub max_upload_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            connections_per_address: 4096,
            head_within: Duration::from_secs(10),
            body_within: Duration::from_secs(30),
            idle_for: Duration::from_secs(60),
            stalled_for: Duration::from_secs(30),
            end_within: Duration::from_secs(10),
            max_head_bytes: 65_536,
            max_uri_bytes: 16_384,
            max_json_bytes: 2_000_000,
            max_report_bytes: 8_000_000,
            max_upload_bytes: 262_144_000,
        }
    }
}
