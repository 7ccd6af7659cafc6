//! CURVE keys as values: 32 bytes, written as 40 characters of Z85 (ZeroMQ RFC 32).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a CURVE key: 40 characters of Z85 are expected, these are {length}")]
pub struct InvalidKey {
    /// Characters given.
    pub length: usize,
}

fn decode(text: &str) -> Result<[u8; 32], InvalidKey> {
    let invalid = InvalidKey { length: text.chars().count() };
    let bytes = z85::decode(text).map_err(|_| invalid.clone())?;
    bytes.try_into().map_err(|_| invalid)
}

/// The public half of a CURVE key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CurvePublicKey([u8; 32]);

impl CurvePublicKey {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for CurvePublicKey {
    type Err = InvalidKey;
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        decode(text).map(Self)
    }
}

impl TryFrom<String> for CurvePublicKey {
    type Error = InvalidKey;
    fn try_from(text: String) -> Result<Self, InvalidKey> {
        text.parse()
    }
}

impl From<CurvePublicKey> for String {
    fn from(key: CurvePublicKey) -> String {
        key.to_string()
    }
}

impl fmt::Display for CurvePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&z85::encode(self.0))
    }
}

impl fmt::Debug for CurvePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurvePublicKey({self})")
    }
}

/// The secret half of a CURVE key. Wiped when dropped, and not shown by `Debug`.
#[derive(Clone)]
pub struct CurveSecretKey([u8; 32]);

impl CurveSecretKey {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes: for the socket, and for a key file.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its Z85 text: for a key file.
    pub fn expose_text(&self) -> String {
        z85::encode(self.0)
    }
}

impl FromStr for CurveSecretKey {
    type Err = InvalidKey;
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        decode(text).map(Self)
    }
}

impl Drop for CurveSecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for CurveSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurveSecretKey(..)")
    }
}

/// Both halves.
#[derive(Clone, Debug)]
pub struct CurveKeyPair {
    /// What others may know.
    pub public: CurvePublicKey,
    /// What nobody else may.
    pub secret: CurveSecretKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_forty_characters_of_z85() {
        // The example key of ZeroMQ's own documentation.
        let text = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
        assert_eq!(text.parse::<CurvePublicKey>().unwrap().to_string(), text);
        assert_eq!("short".parse::<CurvePublicKey>().unwrap_err(), InvalidKey { length: 5 });
        assert!("é".repeat(40).parse::<CurvePublicKey>().is_err());
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = CurveSecretKey::from_bytes([7; 32]);
        assert_eq!(format!("{secret:?}"), "CurveSecretKey(..)");
    }
}
