//! What libzmq says about the connections of a socket.
//!
//! The events of one socket come in the order in which they happened, since the context has one IO
//! thread: a connection is accepted before anything else is said of it, and a descriptor is said to
//! be disconnected *before* it is closed, so before its number can be reused.

use std::os::fd::RawFd;

use crate::ffi::{Context, Fault, Frame, Socket, number};

/// Something that happened to a connection of the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The listener has a new connection.
    Accepted(RawFd),
    /// A new connection could not be taken: there are no descriptors left, for example.
    AcceptFailed,
    /// The CURVE handshake is done.
    HandshakeSucceeded,
    /// It failed, without more detail: the other side closed or was too slow.
    HandshakeFailed,
    /// It failed because the other side did not speak as it should: no CURVE, or another key.
    HandshakeWrong,
    /// It failed because the server does not know the key.
    HandshakeRefused,
    /// A connection ended.
    Disconnected(RawFd),
    /// A connection could not be made, or the listener was closed.
    Closed,
}

/// Receives the events of one socket.
pub(crate) struct Monitor(Socket);

impl Monitor {
    /// Starts watching. `name` is unique in the context.
    pub(crate) fn new(context: &Context, of: &Socket, name: &str) -> Result<Self, Fault> {
        let endpoint = format!("inproc://monitor-{name}");
        of.monitor(
            &endpoint,
            number::EVENT_ACCEPTED
                | number::EVENT_ACCEPT_FAILED
                | number::EVENT_CLOSED
                | number::EVENT_DISCONNECTED
                | number::EVENT_HANDSHAKE_FAILED_NO_DETAIL
                | number::EVENT_HANDSHAKE_SUCCEEDED
                | number::EVENT_HANDSHAKE_FAILED_PROTOCOL
                | number::EVENT_HANDSHAKE_FAILED_AUTH,
        )?;
        let socket = context.socket(number::PAIR)?;
        // Without a limit: libzmq's IO thread would wait for room, and everybody with it.
        socket.set_int(number::RCVHWM, 0)?;
        socket.set_int(number::LINGER, 0)?;
        socket.connect(&endpoint)?;
        Ok(Self(socket))
    }

    /// The socket, for polling.
    pub(crate) fn socket(&self) -> &Socket {
        &self.0
    }

    /// The next event; none if there is none now.
    pub(crate) fn next(&self, frame: &mut Frame) -> Result<Option<Change>, Fault> {
        loop {
            if !self.0.receive(frame)? {
                return Ok(None);
            }
            let change = parse(frame.bytes());
            // The rest is the endpoint.
            while frame.more() && self.0.receive(frame)? {}
            if change.is_some() {
                return Ok(change);
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Change> {
    let (event, value) = bytes.split_first_chunk::<2>()?;
    let value = i32::from_ne_bytes(value.try_into().ok()?);
    match u16::from_ne_bytes(*event) {
        number::EVENT_ACCEPTED => Some(Change::Accepted(value)),
        number::EVENT_ACCEPT_FAILED => Some(Change::AcceptFailed),
        number::EVENT_CLOSED => Some(Change::Closed),
        number::EVENT_DISCONNECTED => Some(Change::Disconnected(value)),
        number::EVENT_HANDSHAKE_SUCCEEDED => Some(Change::HandshakeSucceeded),
        number::EVENT_HANDSHAKE_FAILED_NO_DETAIL => Some(Change::HandshakeFailed),
        number::EVENT_HANDSHAKE_FAILED_PROTOCOL => Some(Change::HandshakeWrong),
        number::EVENT_HANDSHAKE_FAILED_AUTH => Some(Change::HandshakeRefused),
        _ => None,
    }
}
