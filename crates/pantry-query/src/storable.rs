//! The form in which a text of an object is kept, so that any store can keep it.
//!
//! PostgreSQL refuses U+0000 in a text and an entry of an index that is longer than some 2,700 bytes,
//! and nobody searches for the ten-thousandth character of a certificate. So a zero becomes U+FFFD, and
//! a long text becomes its beginning with the digest of all of it. Whoever seeks a text exactly seeks
//! its kept form, and finds what is long as well as what is short. Wildcards, ranges and fuzzy searches
//! see the kept form only: what follows the beginning of a long text is not there for them.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Bytes that the kept form of a key or a value has at most.
pub const MAX_TERM_BYTES: usize = 1024;

/// Between the beginning of a long text and its digest.
const MARK: &str = "…";

/// Bytes of the mark and of a digest as hexadecimal digits.
pub(crate) const SUFFIX_BYTES: usize = MARK.len() + 64;

/// The form in which a text is kept.
pub fn storable(text: &str) -> Cow<'_, str> {
    let text = without_zeros(text);
    if text.len() <= MAX_TERM_BYTES {
        return text;
    }
    let mut short = beginning(&text).to_owned();
    push_digest(&mut short, Sha256::new_with_prefix(text.as_bytes()));
    Cow::Owned(short)
}

/// The text with U+FFFD in place of each U+0000.
pub(crate) fn without_zeros(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { text.into() }
}

/// What is kept of a text that is too long, or of one that begins like it and is as long as a text may
/// be.
pub(crate) fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TERM_BYTES - SUFFIX_BYTES)).unwrap_or_default()
}

/// Ends the kept form of a text that is too long, of which all is in the digest.
pub(crate) fn push_digest(beginning: &mut String, digest: Sha256) {
    beginning.push_str(MARK);
    for byte in digest.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(beginning, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_as_it_is() {
        let longest = "é".repeat(MAX_TERM_BYTES / 2);
        for text in ["", "web", "a b\n", &longest] {
            assert!(matches!(storable(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character_and_told_apart_by_its_digest() {
        let long = "é".repeat(MAX_TERM_BYTES / 2) + "a";
        let kept = storable(&long);
        assert!(kept.len() <= MAX_TERM_BYTES);
        assert_eq!(kept.chars().filter(|&c| c == 'é').count(), 478);
        // What `sha256sum` says of it.
        assert!(
            kept.ends_with("…7f3a8a6ae503b41a7626e9c3077ae9ca0effd242d32f2690cfb416c7c2ee6717"),
            "{kept}"
        );
        assert_ne!(kept, storable(&("é".repeat(MAX_TERM_BYTES / 2) + "b")));
        assert_eq!(storable(&kept), kept);
    }

    #[test]
    fn a_zero_is_replaced() {
        assert_eq!(storable("a\0b\0"), "a\u{fffd}b\u{fffd}");
    }
}
