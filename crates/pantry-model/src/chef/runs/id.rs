//! What a run is known by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::InvalidName;

/// A run's id: a UUID, which Chef rolls at a run's start. Written with small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(u128);

/// How many digits stand between its hyphens.
const PARTS: [usize; 5] = [8, 4, 4, 4, 12];

impl RunId {
    /// The one before all others.
    pub const FIRST: Self = Self(0);

    /// An id of these bits, for a run that has none of its own. It is marked as a UUID of version 8,
    /// whose bits mean what its maker wants.
    pub fn from_bits(bits: [u8; 16]) -> Self {
        const VERSION: u128 = 0xf << 76;
        const VARIANT: u128 = 0b11 << 62;
        let free = u128::from_be_bytes(bits) & !VERSION & !VARIANT;
        Self(free | 8 << 76 | 0b10 << 62)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let mut rest = digits.as_str();
        for (number, length) in PARTS.into_iter().enumerate() {
            let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            write!(f, "{}{part}", if number > 0 { "-" } else { "" })?;
            rest = after;
        }
        Ok(())
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RunId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let wrong = || InvalidName {
            what: "the id of a run",
            text: text.chars().take(64).collect(),
            rule: "a UUID, such as 5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1",
        };
        let mut bits = 0_u128;
        let mut parts = text.split('-');
        for length in PARTS {
            let part = parts.next().filter(|part| part.len() == length).ok_or_else(wrong)?;
            for letter in part.chars() {
                bits = bits << 4 | u128::from(letter.to_digit(16).ok_or_else(wrong)?);
            }
        }
        if parts.next().is_none() { Ok(Self(bits)) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for RunId {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_a_uuid_in_whatever_letters() {
        let id: RunId = "5DD25b0f-3e42-4ac6-9f3b-f1a57e9f36c1".parse().unwrap();
        assert_eq!(id.to_string(), "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1");
        for bad in [
            "",
            "5dd25b0f3e424ac69f3bf1a57e9f36c1",
            "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c",
            "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c11",
            "5dd25b0-f3e42-4ac6-9f3b-f1a57e9f36c1",
            "5dd25b0f-3e42-4ac6-9f3bf-1a57e9f36c1",
            "-5dd25b0f-3e42-4ac6-9f3bf1a57e9f36c1",
            "5dd25b0f--3e424ac6-9f3b-f1a57e9f36c1",
            "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36cé",
            "../../../../../../etc/passwd/12345678",
        ] {
            assert!(bad.parse::<RunId>().is_err(), "{bad:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn one_that_is_made_of_bits_is_read_again(bits: [u8; 16]) {
            let id = RunId::from_bits(bits);
            let text = id.to_string();
            prop_assert_eq!(text.parse::<RunId>().unwrap(), id);
            prop_assert_eq!(&text[14..15], "8");
            prop_assert!("89ab".contains(&text[19..20]));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-f-]{34,38}|.{0,40}") {
            if let Ok(id) = text.parse::<RunId>() {
                prop_assert_eq!(id.to_string(), text.to_lowercase());
            }
        }
    }
}
