//! What a server is told when it starts.

use std::time::Duration;

use pantry_model::protocol::MAX_MESSAGE_BYTES;
use pantry_model::{CurveKeyPair, CurvePublicKey, Principal};

use crate::options::HANDSHAKE;

/// Where to listen, with which key, and within which limits.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on, or `*` for all.
    pub listen: String,
    /// Where clients subscribe; 0 for any free port. None for the file service, which publishes nothing.
    pub pub_sub_port: Option<u16>,
    /// Where clients and users send; 0 for any free port.
    pub receive_port: u16,
    /// The server's own keys.
    pub keys: CurveKeyPair,
    /// How often a silent peer is asked whether it is there. It is given up after two more.
    pub heartbeat: Duration,
    /// How much anybody may ask of the server.
    pub limits: Limits,
}

/// How much anybody may ask of the server. Each is the setting of the same name under
/// `networking.limits`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections from one address, to both sockets together. A machine needs two, and many
    /// machines may share an address.
    pub connections_per_address: usize,
    /// Connections in all. Lowered to what the process may open, with some descriptors to spare.
    pub max_sockets: usize,
    /// Bytes of one message, all frames together.
    pub max_message_bytes: usize,
    /// How long a handshake may take.
    pub handshake_within: Duration,
    /// How long a connection may stand without saying anything after its handshake.
    pub identify_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_per_address: 4_096,
            max_sockets: 65_536,
            max_message_bytes: MAX_MESSAGE_BYTES,
            handshake_within: HANDSHAKE,
            identify_within: Duration::from_secs(10),
        }
    }
}

/// Who has which key. Asked on the IO thread for every handshake, subscription and message, so it
/// answers from memory and at once.
pub trait Directory: Send + Sync + 'static {
    /// The owner of this key, if it is admitted.
    fn owner(&self, key: &CurvePublicKey) -> Option<Principal>;
}
