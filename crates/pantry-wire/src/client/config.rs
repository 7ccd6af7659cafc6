//! What a client is told, and what it hears.

use std::time::Duration;

use pantry_model::{CurveKeyPair, CurvePublicKey, Message, Principal};

use super::Backoff;

/// Where the server is, and who connects.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server's host name or address.
    pub host: String,
    /// Where it publishes. None for who only sends and is answered: a user, and everybody on the file
    /// service.
    pub pub_sub_port: Option<u16>,
    /// Where it receives.
    pub receive_port: u16,
    /// Its public key: whoever has another is not the server.
    pub server_key: CurvePublicKey,
    /// One's own keys.
    pub keys: CurveKeyPair,
    /// Who one is. Where something is published, its own streams are subscribed to.
    pub principal: Principal,
    /// How often a silent server is asked whether it is there. It is given up after two more.
    pub heartbeat: Duration,
    /// Pauses between attempts.
    pub backoff: Backoff,
}

/// What a client hears.
#[derive(Debug)]
pub enum Event {
    /// All its connections have done their handshakes; again after each loss. What is sent from
    /// now on reaches the server; a machine's streams are on their way but not granted yet.
    Connected,
    /// The connection is lost. What was sent lately may not have arrived. It connects again.
    Lost,
    /// Nobody answers at the server's address.
    Unreachable {
        /// When it tries again.
        retry_in: Duration,
    },
    /// Somebody answers who has not the server's key, or does not speak this protocol.
    HandshakeFailed {
        /// When it tries again.
        retry_in: Duration,
    },
    /// The server does not know this key, or not any more.
    Refused {
        /// When it tries again.
        retry_in: Duration,
    },
    /// A message from the server.
    Message(Message),
}
