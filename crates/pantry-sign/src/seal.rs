//! Seals: what the server says to whoever brings it back, such as a link and until when it works.
//!
//! A seal is an HMAC-SHA256 over all that is said, each part with its length before it, so that no
//! two different sayings are the same bytes. Whoever lacks the key can neither make one nor move it
//! to something else.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The key with which a server seals. `Debug` does not show it.
#[derive(Clone)]
pub struct SealKey(hmac::Key);

impl SealKey {
    /// The key of these bytes, which must be random and secret.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, bytes))
    }

    /// The seal of what is said in these parts.
    pub fn seal(&self, parts: &[&[u8]]) -> Seal {
        let mut context = hmac::Context::with_key(&self.0);
        each(parts, |bytes| context.update(bytes));
        let mut seal = [0; 32];
        seal.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        Seal(seal)
    }

    /// Whether this is the seal of what is said. How long that takes says nothing of the right one.
    pub fn verify(&self, parts: &[&[u8]], seal: &Seal) -> bool {
        let mut said = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
        each(parts, |bytes| said.extend_from_slice(bytes));
        hmac::verify(&self.0, &said, &seal.0).is_ok()
    }
}

fn each(parts: &[&[u8]], mut add: impl FnMut(&[u8])) {
    for part in parts {
        add(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        add(part);
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// A seal. Its text is 43 characters that stand for themselves in a URL.
#[derive(Clone, Copy)]
pub struct Seal([u8; 32]);

/// A text that is no seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a seal: that is 43 letters, digits, `-` and `_`")]
pub struct NoSeal;

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

impl FromStr for Seal {
    type Err = NoSeal;

    fn from_str(text: &str) -> Result<Self, NoSeal> {
        if text.len() != 43 {
            return Err(NoSeal);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoSeal)?;
        bytes.try_into().map(Self).map_err(|_| NoSeal)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_function_is_that_of_rfc_4231() {
        // Its test case 2 says one part, without the length that stands before ours.
        let key = hmac::Key::new(HMAC_SHA256, b"Jefe");
        let tag = hmac::sign(&key, b"what do ya want for nothing?");
        assert!(tag.as_ref().starts_with(&[0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]));
    }

    #[test]
    fn a_seal_is_of_its_key_and_of_each_part_alone() {
        let key = SealKey::new(&[7; 32]);
        let seal = key.seal(&[b"GET", b"shop"]);
        assert!(key.verify(&[b"GET", b"shop"], &seal));
        for other in
            [&[&b"GET"[..], b"shoq"][..], &[b"GETs", b"hop"], &[b"GET"], &[b"GET", b"shop", b""]]
        {
            assert!(!key.verify(other, &seal), "{other:?}");
        }
        assert!(!SealKey::new(&[8; 32]).verify(&[b"GET", b"shop"], &seal));
        assert_eq!(format!("{key:?} {seal:?}"), "SealKey(..) Seal(..)");
    }

    proptest! {
        #[test]
        fn the_text_reads_back_and_any_other_does_not_pass(key: [u8; 32], part: Vec<u8>, flip in 0_usize..43) {
            let key = SealKey::new(&key);
            let text = key.seal(&[&part]).to_string();
            prop_assert!(key.verify(&[&part], &text.parse().unwrap()));
            let mut other = text.into_bytes();
            other[flip] = if other[flip] == b'A' { b'B' } else { b'A' };
            if let Ok(seal) = String::from_utf8(other).unwrap().parse() {
                prop_assert!(!key.verify(&[&part], &seal));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,64}") {
            let _ = text.parse::<Seal>();
        }
    }
}
