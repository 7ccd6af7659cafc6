//! What a server hears.

use std::fmt;

use pantry_model::{CurvePublicKey, Message, Principal, Stream};

use crate::frames::FrameError;

/// A connection to the receiving socket. Never used again for another one while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(crate) u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

/// What a server hears.
#[derive(Debug)]
pub enum Event {
    /// A message from an admitted peer.
    Message {
        /// The connection, to answer on.
        connection: ConnectionId,
        /// The owner of the connection's verified key; `from` says the same.
        principal: Principal,
        /// That key.
        key: CurvePublicKey,
        /// The address that the peer speaks from, without its port.
        address: String,
        /// The message.
        message: Box<Message>,
    },
    /// A machine hears this stream from now on.
    Granted {
        /// The machine.
        principal: Principal,
        /// One of its own streams.
        stream: Stream,
    },
    /// A connection that had said something ended. What it sent just before may still arrive;
    /// every such message is followed by another `Left`.
    Left {
        /// The connection.
        connection: ConnectionId,
        /// Whose it was.
        principal: Principal,
    },
    /// Somebody was turned away. A flood of these is cut short.
    Refused {
        /// Who it was, as far as is known: a principal, or a key.
        who: String,
        /// The address, without its port.
        address: String,
        /// What was refused.
        what: RefusedWhat,
    },
}

/// What was refused, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedWhat {
    /// The key has no owner, or none any more.
    #[error("its key is not known here")]
    UnknownKey,
    /// The other side does not speak CURVE, or has the wrong server key.
    #[error("it does not speak CURVE with this server's key")]
    Handshake,
    /// The other side left in the middle of the handshake, or was too slow.
    #[error("it did not finish the handshake")]
    Unfinished,
    /// The handshake was done, and then it said nothing.
    #[error(
        "it did not say anything in time after its handshake (`networking.limits.identify_within`)"
    )]
    Silent,
    /// It may not hear this.
    #[error("it may not subscribe to {0:?}")]
    Subscription(String),
    /// It sent something else to where only subscriptions go.
    #[error("it sent something that is no subscription to the publishing port")]
    NotASubscription,
    /// `from` is not the key's owner.
    #[error("it claimed to be {}", .0.as_ref().map_or("nobody".to_owned(), ToString::to_string))]
    Forged(Option<Principal>),
    /// What it sent is not a message.
    #[error("it sent what is no message: {0}")]
    BadMessage(FrameError),
    /// It sent a lot that never became a message.
    #[error("it sent a message that is too large (`networking.limits.max_message_bytes`)")]
    Endless,
    /// Too many connections from one address.
    #[error(
        "its address has more than {limit} connections (`networking.limits.connections_per_address`)"
    )]
    TooManyFromAddress {
        /// The limit.
        limit: usize,
    },
    /// Too many connections in all.
    #[error("there are more than {limit} connections (`networking.limits.max_sockets`)")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}
