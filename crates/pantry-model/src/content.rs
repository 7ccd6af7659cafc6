//! The content of a file: what it is known by.
//!
//! Contents are kept once, under their SHA-256. Chef's tools call them by their MD5, of which two
//! different contents can have the same: so an MD5 means something only within one application,
//! which has uploaded what it means by it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::InvalidName;

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $what:literal, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; $bytes]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            /// Reads hexadecimal digits, large or small.
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                let wrong = || InvalidName {
                    what: $what,
                    text: text.chars().take(64).collect(),
                    rule: $rule,
                };
                let digit = |byte: u8| char::from(byte).to_digit(16)?.try_into().ok();
                let mut digits = text.bytes().map(digit);
                let mut bytes = [0_u8; $bytes];
                for byte in &mut bytes {
                    let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                        return Err(wrong());
                    };
                    let (high, low): (u8, u8) = (high, low);
                    *byte = high << 4 | low;
                }
                if digits.next().is_some() { Err(wrong()) } else { Ok(Self(bytes)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(digest: $name) -> String {
                digest.to_string()
            }
        }
    };
}

digest!(
    /// The MD5 of a content: what Chef's tools call a file's checksum.
    Md5,
    16,
    "an MD5",
    "32 hexadecimal digits"
);

digest!(
    /// The SHA-256 of a content: what it is kept under.
    Sha256,
    32,
    "a SHA-256",
    "64 hexadecimal digits"
);

/// A content, by all that is known of it but itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content {
    /// What an application calls it.
    pub md5: Md5,
    /// What it is kept under.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub size: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        let digest = Md5([0, 1, 0x2a, 255, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(digest.to_string(), "00012aff0405060708090a0b0c0d0e0f");
        assert_eq!("00012AFF0405060708090a0b0c0d0e0f".parse(), Ok(digest));
        let long = "0".repeat(33);
        for bad in
            ["", "0", "+0012aff0405060708090a0b0c0d0e0f", "é0012aff0405060708090a0b0c0d0e0", &long]
        {
            assert!(bad.parse::<Md5>().is_err(), "{bad:?} was taken");
        }
        assert!("0".repeat(64).parse::<Sha256>().is_ok());
        assert!("0".repeat(32).parse::<Sha256>().is_err());
    }
}
