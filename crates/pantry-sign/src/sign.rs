//! Signing a request, as a client does.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{PrivateKey, Request, SigningTime, Version, block};

/// Characters of the signature in each header. It is what Ruby's base64 puts on a line.
const LINE: usize = 60;

/// Why a request cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The user's name could not stand in a header.
    #[error("the name to sign with is empty or holds control characters")]
    User,
    /// Protocols 1.0 and 1.1 sign a text as it is, which is too long for this key.
    #[error(
        "a key of {bits} bits is too short for protocol {}: it has room for {room} bytes of the \
         {needed} that are to be signed",
        .version.number()
    )]
    KeyTooShort {
        /// Of the key.
        bits: u32,
        /// The longest text that it can sign, in bytes.
        room: usize,
        /// How long this one is.
        needed: usize,
        /// Under this protocol.
        version: Version,
    },
    /// aws-lc could not compute the signature.
    #[error("the signature could not be computed")]
    Failed,
}

/// The headers to send with a request, as pairs of name and value. Whoever sends the request must
/// send exactly the path, body and API version that were signed.
pub fn sign(
    version: Version,
    user: &str,
    time: SigningTime,
    request: &Request<'_>,
    key: &PrivateKey,
) -> Result<Vec<(Cow<'static, str>, String)>, SignError> {
    if user.is_empty() || user.chars().any(char::is_control) {
        return Err(SignError::User);
    }
    let content_hash = request.content_hash(version);
    let message = block::message(version, request, &content_hash, time, user);
    let (bits, room, needed) = (key.public_key().bits(), key.room(), message.len());
    if needed > room {
        return Err(SignError::KeyTooShort { bits, room, needed, version });
    }
    let signature = STANDARD.encode(key.sign(&message).ok_or(SignError::Failed)?);
    let mut headers = vec![
        ("X-Ops-Sign".into(), version.description().to_owned()),
        ("X-Ops-UserId".into(), user.to_owned()),
        ("X-Ops-Timestamp".into(), time.to_string()),
        ("X-Ops-Content-Hash".into(), content_hash),
        ("X-Ops-Server-API-Version".into(), request.server_api_version.to_string()),
    ];
    let mut rest = signature.as_str();
    for number in 1.. {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        headers.push((format!("X-Ops-Authorization-{number}").into(), line.to_owned()));
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    Ok(headers)
}
