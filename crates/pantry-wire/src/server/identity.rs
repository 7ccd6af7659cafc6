//! Who is behind a frame: the properties that the handshake left on the connection.
//!
//! The ZAP reply sets three. `User-Id` is the principal, for whoever reads it with other tools. The
//! key itself comes along, so that a revocation counts for what was queued before it, and a key that
//! was given back and made anew is not mistaken for the old one. And each handshake gets a number,
//! which tells connections apart that had the same descriptor one after the other.
//!
//! A peer cannot set any of them: libzmq keeps the first value of a property, and takes its own and
//! ZAP's before the peer's.

use std::ffi::CStr;
use std::os::fd::RawFd;

use pantry_model::{CurvePublicKey, Principal};

use super::event::ConnectionId;
use crate::ffi::Frame;
use crate::monitor::plain;

const KEY: &CStr = c"X-Pantry-Key";
const HANDSHAKE: &CStr = c"X-Pantry-Handshake";
const DESCRIPTOR: &CStr = c"__fd";
const ADDRESS: &CStr = c"Peer-Address";

/// What a frame says of the connection that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The number of the handshake.
    pub(crate) connection: ConnectionId,
    /// The verified key.
    pub(crate) key: CurvePublicKey,
    /// The descriptor at that time.
    pub(crate) descriptor: RawFd,
    /// The address, without port.
    pub(crate) address: String,
}

impl Origin {
    /// Reads the properties. None for what libzmq makes up itself when a connection ends.
    pub(crate) fn of(frame: &Frame) -> Option<Self> {
        Some(Self {
            connection: ConnectionId(frame.property(HANDSHAKE)?.parse().ok()?),
            key: frame.property(KEY)?.parse().ok()?,
            descriptor: frame.property(DESCRIPTOR)?.parse().ok()?,
            address: plain(frame.property(ADDRESS)?),
        })
    }
}

/// The user id and the metadata frame of a ZAP reply.
pub(crate) fn zap_frames(
    connection: ConnectionId,
    key: &CurvePublicKey,
    owner: &Principal,
) -> (String, Vec<u8>) {
    let mut metadata = Vec::new();
    for (name, value) in [(KEY, key.to_string()), (HANDSHAKE, connection.0.to_string())] {
        // RFC 27: a byte and the name, four bytes and the value.
        let name = name.to_bytes();
        metadata.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        metadata.extend_from_slice(name);
        metadata.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        metadata.extend_from_slice(value.as_bytes());
    }
    (owner.to_string(), metadata)
}
