//! What libzmq says about the connections of a socket.
//!
//! A [`Watched`] holds a socket with its monitor, because of the order in which they must be closed:
//! libzmq's IO thread waits for ever to tell something to a monitor that is gone.
//!
//! The events of one socket come in the order in which they happened, since the context has one IO
//! thread: a connection is accepted before anything else is said of it, and a descriptor is said to
//! be disconnected *before* it is closed, so before its number can be reused.

use std::os::fd::RawFd;

use crate::ffi::{Context, Fault, Frame, Socket, number};

/// Something that happened to a connection of the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The listener has a new connection, from this address.
    Accepted(RawFd, String),
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

/// A socket and the events of its connections.
pub(crate) struct Watched {
    // Dropped in this order.
    /// The socket.
    pub(crate) socket: Socket,
    /// Its monitor's receiving end.
    pub(crate) monitor: Monitor,
}

impl Watched {
    /// Starts watching. `name` is unique in the context.
    pub(crate) fn new(context: &Context, socket: Socket, name: &str) -> Result<Self, Fault> {
        let monitor = Monitor::new(context, &socket, name)?;
        Ok(Self { socket, monitor })
    }
}

/// Receives the events of one socket.
pub(crate) struct Monitor(Socket);

impl Monitor {
    fn new(context: &Context, of: &Socket, name: &str) -> Result<Self, Fault> {
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
            let event = number_in(frame);
            // How many values follow, which is always one; the value; the local endpoint.
            let mut value = 0;
            for at in 1..4 {
                if frame.more() && self.0.receive(frame)? && at == 2 {
                    value = number_in(frame);
                }
            }
            let mut remote = String::new();
            while frame.more() && self.0.receive(frame)? {
                remote = String::from_utf8_lossy(frame.bytes()).into_owned();
            }
            if let Some(change) = change(event, value, &remote) {
                return Ok(Some(change));
            }
        }
    }
}

fn number_in(frame: &mut Frame) -> u64 {
    frame.bytes().try_into().map_or(0, u64::from_ne_bytes)
}

fn change(event: u64, value: u64, remote: &str) -> Option<Change> {
    let descriptor = RawFd::try_from(value).unwrap_or(-1);
    match event {
        number::EVENT_ACCEPTED => Some(Change::Accepted(descriptor, host(remote))),
        number::EVENT_ACCEPT_FAILED => Some(Change::AcceptFailed),
        number::EVENT_CLOSED => Some(Change::Closed),
        number::EVENT_DISCONNECTED => Some(Change::Disconnected(descriptor)),
        number::EVENT_HANDSHAKE_SUCCEEDED => Some(Change::HandshakeSucceeded),
        number::EVENT_HANDSHAKE_FAILED_NO_DETAIL => Some(Change::HandshakeFailed),
        number::EVENT_HANDSHAKE_FAILED_PROTOCOL => Some(Change::HandshakeWrong),
        number::EVENT_HANDSHAKE_FAILED_AUTH => Some(Change::HandshakeRefused),
        _ => None,
    }
}

/// The host of an endpoint: `127.0.0.1` of `tcp://127.0.0.1:54321`.
fn host(endpoint: &str) -> String {
    let address = endpoint.strip_prefix("tcp://").unwrap_or(endpoint);
    let host = address.rsplit_once(':').map_or(address, |(host, _port)| host);
    plain(host.trim_start_matches('[').trim_end_matches(']'))
}

/// An address as it is shown: IPv4 in IPv6 as IPv4.
pub(crate) fn plain(address: &str) -> String {
    address
        .parse::<std::net::IpAddr>()
        .map_or_else(|_| address.to_owned(), |ip| ip.to_canonical().to_string())
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_host_is_shown_without_port_and_brackets() {
        for (endpoint, expected) in [
            ("tcp://127.0.0.1:54321", "127.0.0.1"),
            ("tcp://[::1]:54321", "::1"),
            ("tcp://[::ffff:192.0.2.1]:54321", "192.0.2.1"),
        ] {
            assert_eq!(host(endpoint), expected);
        }
    }
}
