//! One socket of a client, with its monitor, for the time of one attempt.

use pantry_model::Stream;

use super::Config;
use crate::ffi::{Context, Fault, Frame, number};
use crate::frames::{Collector, FrameError};
use crate::monitor::{Change, Watched};
use crate::options::{self, HANDSHAKE, endpoint, millis, set_family, set_heartbeat, set_keys};
use pantry_model::Message;
use pantry_model::protocol::MAX_MESSAGE_BYTES;

/// How many messages libzmq keeps in each direction.
const QUEUED: i32 = 64;

/// Why an attempt failed, in the order of what it says most about the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// Nobody answers, or not any more.
    Unreachable,
    /// The handshake failed.
    Handshake,
    /// The server does not know the key.
    Refused,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To hear what is published.
    Subscribe,
    /// To send, and be answered.
    Send,
}

/// One socket and its monitor.
pub(crate) struct Link {
    pub(crate) purpose: Purpose,
    pub(crate) watched: Watched,
    /// Whether the handshake is done.
    pub(crate) is_up: bool,
}

impl Link {
    /// Starts to connect to this port. `name` is unique in the context.
    pub(crate) fn open(
        context: &Context,
        config: &Config,
        (purpose, port): (Purpose, u16),
        name: &str,
    ) -> Result<Self, Fault> {
        let kind = match purpose {
            Purpose::Subscribe => number::SUB,
            Purpose::Send => number::DEALER,
        };
        let socket = context.socket(kind)?;
        set_family(&socket, &config.host)?;
        socket.set_bytes(number::CURVE_SERVERKEY, config.server_key.as_bytes())?;
        set_keys(&socket, &config.keys)?;
        set_heartbeat(&socket, config.heartbeat)?;
        socket.set_int(number::HANDSHAKE_IVL, millis(HANDSHAKE))?;
        socket.set_int(number::CONNECT_TIMEOUT, millis(HANDSHAKE))?;
        // Never by itself: this crate makes a new attempt with new sockets.
        socket.set_int(number::RECONNECT_IVL, -1)?;
        socket.set_int(number::SNDHWM, QUEUED)?;
        socket.set_int(number::RCVHWM, QUEUED)?;
        socket.set_int(number::LINGER, 0)?;
        let frame = i64::try_from(MAX_MESSAGE_BYTES).unwrap_or(i64::MAX).saturating_add(64);
        socket.set_long(number::MAXMSGSIZE, frame)?;
        let watched = Watched::new(context, socket, name)?;
        watched.socket.connect(&endpoint(&config.host, &port.to_string()))?;
        if purpose == Purpose::Subscribe {
            // Only now: what is subscribed to before connecting is sent in the order of its bytes,
            // and the protocol needs a machine's own stream to be the last.
            for stream in Stream::entitled(&config.principal) {
                watched.socket.set_bytes(number::SUBSCRIBE, stream.as_bytes())?;
            }
        }
        Ok(Self { purpose, watched, is_up: false })
    }

    /// Reads what happened to the connection. Says whether it failed.
    pub(crate) fn read_monitor(&mut self, frame: &mut Frame) -> Result<Option<Failure>, Fault> {
        let mut failure = None;
        while let Some(change) = self.watched.monitor.next(frame)? {
            let failed = match change {
                Change::HandshakeSucceeded => {
                    self.is_up = true;
                    continue;
                }
                Change::HandshakeRefused => Failure::Refused,
                Change::HandshakeFailed | Change::HandshakeWrong => Failure::Handshake,
                Change::Disconnected(_) | Change::Closed => Failure::Unreachable,
                Change::Accepted(..) | Change::AcceptFailed => continue,
            };
            failure = failure.max(Some(failed));
        }
        Ok(failure)
    }

    /// The next message; none if there is none now.
    pub(crate) fn receive(
        &self,
        frame: &mut Frame,
    ) -> Result<Option<Result<Message, FrameError>>, Fault> {
        if !self.watched.socket.receive(frame)? {
            return Ok(None);
        }
        let mut message = Collector::default();
        message.push(frame.bytes(), MAX_MESSAGE_BYTES);
        while frame.more() && self.watched.socket.receive(frame)? {
            message.push(frame.bytes(), MAX_MESSAGE_BYTES);
        }
        Ok(Some(message.finish()))
    }

    /// From now on, closing the socket waits a moment for what is queued.
    pub(crate) fn let_linger(&self) {
        if let Err(fault) = self.watched.socket.set_int(number::LINGER, options::LINGER) {
            tracing::debug!(%fault, "a socket cannot linger");
        }
    }
}
