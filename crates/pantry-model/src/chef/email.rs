//! E-mail addresses, as strictly as the original reads them: RFC 5322 without comments, white space
//! and obsolete forms, ASCII only.

use std::fmt;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::refusals::{Refusal, users};

/// The longest address, in bytes. Stores look for users by it, and not all of them do so by a text
/// of any length.
pub const MAX_EMAIL_LENGTH: usize = 1023;

/// An e-mail address, in lower case: two that differ in case only are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let text = text.to_ascii_lowercase();
        // A quoted part may hold further `@`, a domain none.
        let (local, domain) = text.rsplit_once('@').ok_or_else(users::invalid_email)?;
        let is_address =
            (is_dotted(local) || is_quoted(local)) && (is_domain(domain) || is_literal(domain));
        if is_address && text.len() <= MAX_EMAIL_LENGTH {
            Ok(Self(text))
        } else {
            Err(users::invalid_email())
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_dotted(local: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    local.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed))
}

/// Characters that may stand in quotes or brackets behind a backslash.
fn is_quotable(byte: u8) -> bool {
    matches!(byte, 1..=9 | 0x0b | 0x0c | 0x0e..=0x7f)
}

fn is_quoted(local: &str) -> bool {
    let inner = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| {
        is_escaped(inner, |byte| !matches!(byte, b'\t' | b' ' | b'"') && is_quotable(byte))
    })
}

/// Whether every character is allowed as it is, or is quotable and has a backslash before it.
fn is_escaped(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'\\' => bytes.next().is_some_and(is_quotable),
            byte => allowed(byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty()
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.') && domain.split('.').all(is_label)
}

/// An address in brackets: of version 4, or of another kind behind that kind's name.
fn is_literal(domain: &str) -> bool {
    let inner = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| match inner.split_once(':') {
        Some((kind, address)) => {
            let allowed =
                |byte: u8| !matches!(byte, b'\t' | b' ' | b'[' | b']') && is_quotable(byte);
            is_label(kind) && !address.is_empty() && is_escaped(address, allowed)
        }
        None => inner.parse::<Ipv4Addr>().is_ok(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in [
            "bob@example.com",
            "root@localhost.localdomain",
            "a.b+c!#$%&'*/=?^_`{|}~-@x-1.example.org",
            "\"with@and\\\"in\\ quotes\"@example.com",
            "bob@[10.0.0.1]",
            "bob@[ipv6:2001:db8::1]",
        ] {
            assert!(EmailAddress::read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "@",
            "bob",
            "bob@localhost",
            "bob@-x.com",
            "bob@x-.com",
            "bob@x..com",
            "bob@.com",
            ".bob@x.com",
            "bo b@x.com",
            "x@foo @ bar no go",
            "a@b@x.com",
            "\"bob@x.com",
            "\"\\\"@x.com",
            "bob@[10.0.0]",
            "bob@[:x]",
            "bób@x.com",
        ] {
            assert!(EmailAddress::read(bad).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn an_address_has_an_end() {
        let of = |length: usize| format!("{}@example.com", "b".repeat(length - 12));
        assert!(EmailAddress::read(&of(MAX_EMAIL_LENGTH)).is_ok());
        assert!(EmailAddress::read(&of(MAX_EMAIL_LENGTH + 1)).is_err());
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(EmailAddress::read("Bob@X.COM").unwrap().as_str(), "bob@x.com");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z.@\"\\\\\\[\\]:-]{0,20}|.*") {
            if let Ok(address) = EmailAddress::read(&text) {
                let again = EmailAddress::read(address.as_str());
                prop_assert_eq!(again, Ok(address));
            }
        }
    }
}
