//! Socket options that both sides share.

use std::time::Duration;

use pantry_model::CurveKeyPair;

use crate::ffi::{Fault, Socket, number};

/// How long a CURVE handshake may take.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);

/// A duration as an option's milliseconds.
pub(crate) fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

/// Sets one's own keys.
pub(crate) fn set_keys(socket: &Socket, keys: &CurveKeyPair) -> Result<(), Fault> {
    socket.set_bytes(number::CURVE_PUBLICKEY, keys.public.as_bytes())?;
    socket.set_bytes(number::CURVE_SECRETKEY, keys.secret.expose())
}

/// Asks the other side at this interval whether it is there, and gives it up after two more.
pub(crate) fn set_heartbeat(socket: &Socket, interval: Duration) -> Result<(), Fault> {
    socket.set_int(number::HEARTBEAT_IVL, millis(interval))?;
    socket.set_int(number::HEARTBEAT_TIMEOUT, millis(interval.saturating_mul(2)))?;
    // The other side gives up by the same rule. libzmq counts this in tenths of a second, 16 bits.
    let remote = millis(interval.saturating_mul(3)).clamp(100, 6_553_500);
    socket.set_int(number::HEARTBEAT_TTL, remote)
}

/// An endpoint for a host name or address, with brackets around IPv6.
pub(crate) fn endpoint(host: &str, port: &str) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("tcp://[{host}]:{port}")
    } else {
        format!("tcp://{host}:{port}")
    }
}

/// Lets a socket use IPv6 where the host is written so.
pub(crate) fn set_family(socket: &Socket, host: &str) -> Result<(), Fault> {
    socket.set_int(number::IPV6, i32::from(host.contains(':')))
}

/// How long a closed socket tries to send what is queued, in milliseconds.
pub(crate) const LINGER: i32 = 500;
