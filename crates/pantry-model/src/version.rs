//! Versions of cookbooks.

use std::fmt;
use std::str::FromStr;

/// The largest number that may stand in a version: what eight bytes with a sign hold.
pub const MAX_NUMBER: u64 = i64::MAX.unsigned_abs();

/// A version: three numbers, compared from the first to the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// The version of these numbers; `None` if one is larger than [`MAX_NUMBER`].
    pub fn new(major: u64, minor: u64, patch: u64) -> Option<Self> {
        let fits = [major, minor, patch].into_iter().all(|number| number <= MAX_NUMBER);
        fits.then_some(Self { major, minor, patch })
    }

    /// The first number.
    pub fn major(self) -> u64 {
        self.major
    }

    /// The second number.
    pub fn minor(self) -> u64 {
        self.minor
    }

    /// The third number.
    pub fn patch(self) -> u64 {
        self.patch
    }
}

/// A text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is one to three numbers with dots in between, each up to {MAX_NUMBER}")]
pub struct InvalidVersion;

impl FromStr for Version {
    type Err = InvalidVersion;

    /// Reads one to three numbers; those that are missing are 0.
    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let mut parts = text.split('.');
        let major = number(parts.next().unwrap_or_default())?;
        let minor = parts.next().map_or(Ok(0), number)?;
        let patch = parts.next().map_or(Ok(0), number)?;
        if parts.next().is_some() {
            return Err(InvalidVersion);
        }
        Ok(Self { major, minor, patch })
    }
}

fn number(text: &str) -> Result<u64, InvalidVersion> {
    // The standard library would take a sign.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidVersion);
    }
    text.parse().ok().filter(|number| *number <= MAX_NUMBER).ok_or(InvalidVersion)
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_to_three_numbers_are_a_version() {
        for (text, full) in [
            ("1", "1.0.0"),
            ("1.2", "1.2.0"),
            ("0.0.0", "0.0.0"),
            ("01.002.3", "1.2.3"),
            ("1.2.20130730201745", "1.2.20130730201745"),
            ("9223372036854775807.0", "9223372036854775807.0.0"),
        ] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), full);
        }
        for bad in [
            "",
            ".",
            "1.",
            ".1",
            "1..2",
            "1.2.3.4",
            "1.0rc1",
            "1.-2.3",
            "+1.0",
            "1,0,0",
            " 1.0",
            "1.0 ",
            "1.2.9223372036854775808",
            "99999999999999999999999",
            "\u{661}.0",
        ] {
            assert_eq!(bad.parse::<Version>(), Err(InvalidVersion), "{bad:?}");
        }
    }

    #[test]
    fn versions_are_compared_by_number() {
        let mut versions = ["1.10.0", "1.9.9", "2", "1.9.10", "0.99"];
        versions.sort_by_key(|text| text.parse::<Version>().unwrap());
        assert_eq!(versions, ["0.99", "1.9.9", "1.9.10", "1.10.0", "2"]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_version_or_none(text in "[0-9.+ -]{0,30}|.{0,10}") {
            if let Ok(version) = text.parse::<Version>() {
                prop_assert_eq!(version.to_string().parse(), Ok(version));
            }
        }
    }
}
