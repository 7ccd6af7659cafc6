//! How much of a text an index keeps.
//!
//! A value may be a whole file. Nobody types one, and a database's index does not take one; but who
//! asks for exactly that value shall find it, and nobody else's. So of a long text its beginning is
//! kept, and a digest of all of it in the place of the rest.

use std::borrow::Cow;

use crate::document::ContentHash;

/// The longest text that is kept as it is, in bytes. Of a longer one a pattern sees the beginning.
pub const MAX_TEXT: usize = 1024;

/// How many bytes the digest takes.
const DIGEST: usize = 64;

/// The text that stands for this one in an index, at most [`MAX_TEXT`] bytes.
pub fn kept(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_TEXT {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(MAX_TEXT - DIGEST);
    let begin = text.get(..end).unwrap_or_default();
    Cow::Owned(format!("{begin}{}", ContentHash::of(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_kept_as_it_is() {
        let text = "é".repeat(MAX_TEXT / 2);
        assert_eq!(kept(&text), text);
    }

    #[test]
    fn long_texts_are_told_apart_by_their_ends() {
        let long = "é".repeat(MAX_TEXT);
        let longer = format!("a{long}");
        for text in [&long, &longer] {
            assert!(kept(text).len() <= MAX_TEXT);
            assert!(text.starts_with(&kept(text)[..MAX_TEXT / 2]));
        }
        assert_ne!(kept(&format!("{long}a")), kept(&format!("{long}b")));
    }
}
