//! What an object is known by for as long as it exists, whatever it is called.
//!
//! Access control lists and groups name their members by id, so a renamed user keeps its rights and
//! a later namesake of a deleted one has none of them. On the wire it is the Chef API's `authz_id`
//! (and an organization's `guid`): 32 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::InvalidName;

/// The id of an object: 128 random bits, never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectId(pub [u8; 16]);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ObjectId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let is_hex =
            text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let parsed = is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten();
        parsed.map(|number| Self(number.to_be_bytes())).ok_or_else(|| InvalidName {
            what: "an object's id",
            text: text.chars().take(64).collect(),
            rule: "32 of 0-9 and a-f",
        })
    }
}

impl TryFrom<String> for ObjectId {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<ObjectId> for String {
    fn from(id: ObjectId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        let id = ObjectId([0, 1, 0x2a, 255, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(id.to_string(), "00012aff0405060708090a0b0c0d0e0f");
        assert_eq!(id.to_string().parse::<ObjectId>().unwrap(), id);
        let long = "0".repeat(33);
        for bad in
            ["", "0", "00012AFF0405060708090A0B0C0D0E0F", "+0012aff0405060708090a0b0c0d0e0f", &long]
        {
            assert!(bad.parse::<ObjectId>().is_err(), "{bad:?} was taken");
        }
    }
}
