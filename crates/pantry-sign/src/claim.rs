//! What a request's headers say of who signed it. Nothing of it is true until a [`Block`] made of
//! it and of the request has been verified.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Block, Request, SigningTime, Version};

/// The longest signature that is read, in characters of base64 over all its headers. One made with
/// a key of 8192 bits, the longest that there may be, has 1,368.
pub const MAX_SIGNATURE_TEXT: usize = 2048;

const USER: &str = "X-Ops-UserId";
const TIMESTAMP: &str = "X-Ops-Timestamp";
const SIGN: &str = "X-Ops-Sign";
const CONTENT_HASH: &str = "X-Ops-Content-Hash";

/// Why headers say nothing that could be verified. The sentences are the original's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// These are not there, or empty. 400 in the API.
    #[error("missing required authentication header(s) {}", Quoted(.0))]
    MissingHeaders(Vec<&'static str>),
    /// `X-Ops-Timestamp` cannot be read. 401 in the API.
    #[error("bad header(s) '{TIMESTAMP}'")]
    BadTimestamp,
    /// `X-Ops-Sign` cannot be read, or names a version that does not exist, or an algorithm that
    /// is not the version's. 400 in the API.
    #[error("Unsupported authentication protocol version")]
    UnsupportedProtocol,
}

struct Quoted<'a>(&'a [&'static str]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}'{name}'")?;
        }
        Ok(())
    }
}

/// Who says to have signed a request, when, and by which protocol; with the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) version: Version,
    pub(crate) user: String,
    pub(crate) time: SigningTime,
    pub(crate) content_hash: Vec<u8>,
    /// Empty if it cannot be read.
    pub(crate) signature: Vec<u8>,
}

impl Claim {
    /// Reads the headers. `header` gives a header's value by its name, in whose letters case does
    /// not matter.
    ///
    /// A signature is always there, if perhaps one that no key verifies. For the original does not
    /// count `X-Ops-Authorization-N` among the required headers: it reads them from 1 to the first
    /// that is absent or empty, and only then decodes what it has. So the conformance suite asks
    /// for 401, a bad signature, and not for 400, be it all of them that are missing or one in the
    /// middle, and whatever is in them.
    pub fn read<'h>(header: impl Fn(&str) -> Option<&'h [u8]>) -> Result<Self, ClaimError> {
        let header = |name: &str| header(name).filter(|value| !value.is_empty());
        let (Some(user), Some(time), Some(sign), Some(content_hash)) =
            (header(USER), header(TIMESTAMP), header(SIGN), header(CONTENT_HASH))
        else {
            let required = [USER, TIMESTAMP, SIGN, CONTENT_HASH];
            let missing = required.into_iter().filter(|name| header(name).is_none());
            return Err(ClaimError::MissingHeaders(missing.collect()));
        };
        Ok(Self {
            time: SigningTime::parse(time).ok_or(ClaimError::BadTimestamp)?,
            version: Version::from_description(sign).ok_or(ClaimError::UnsupportedProtocol)?,
            // Nobody's name has other characters than ASCII, so nobody is found for such a one.
            user: String::from_utf8_lossy(user).into_owned(),
            content_hash: content_hash.to_vec(),
            signature: signature(header).unwrap_or_default(),
        })
    }

    /// The protocol.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whose keys are to be tried.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// When it is said to have been signed.
    pub fn time(&self) -> SigningTime {
        self.time
    }

    /// Whether that is less than so many seconds before or after now. In the original it must be
    /// less than 900.
    pub fn within(&self, now_unix: i64, skew: u64) -> bool {
        self.time.unix().abs_diff(now_unix) < skew
    }

    /// What the signature must have been made of, if it is one of this request.
    pub fn block(&self, request: &Request<'_>) -> Block<'_> {
        Block::new(self, request)
    }
}

/// The signature from its numbered headers, up to the first that is not there.
fn signature<'h>(header: impl Fn(&str) -> Option<&'h [u8]>) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    for number in 1.. {
        let Some(line) = header(&format!("X-Ops-Authorization-{number}")) else { break };
        if text.len().saturating_add(line.len()) > MAX_SIGNATURE_TEXT {
            return None;
        }
        text.extend_from_slice(line);
    }
    text.retain(|byte| !byte.is_ascii_whitespace());
    STANDARD.decode(text).ok()
}
