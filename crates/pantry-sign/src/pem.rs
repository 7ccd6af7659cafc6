//! Keys as text: PEM (RFC 7468), and everything that can be wrong with a key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{MAX_BITS, MIN_BITS};

/// The longest text that is looked at, in bytes. A private key of 8192 bits takes 6,400.
pub const MAX_PEM: usize = 65_536;

/// Characters on a line.
const LINE: usize = 64;

/// Why something is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// More than [`MAX_PEM`] bytes.
    #[error("a key's text may have at most {MAX_PEM} bytes, this has {0}")]
    TooLong(usize),
    /// There is not exactly one PEM block.
    #[error("not a key in PEM form: one block from -----BEGIN to -----END is expected")]
    NotPem,
    /// A PEM block of another kind.
    #[error("a PEM block of the kind {expected} is expected, this is a {found}")]
    Kind {
        /// What it says after `BEGIN`.
        found: String,
        /// What it may say.
        expected: &'static str,
    },
    /// A private key behind a passphrase.
    #[error("the private key is encrypted, and there is nobody to ask for its passphrase")]
    Encrypted,
    /// Of another kind than RSA, or damaged.
    #[error("not an RSA key, or a damaged one")]
    NotRsa,
    /// An RSA key that is too short to be safe or too long to be quick.
    #[error("an RSA key must have {MIN_BITS} to {MAX_BITS} bits, this has {0}")]
    Size(u32),
    /// A size that keys are not made in.
    #[error("RSA keys are made with 2048, 3072, 4096 or 8192 bits, not {0}")]
    NewSize(u32),
    /// aws-lc could not make a key.
    #[error("no RSA key could be made")]
    Generation,
}

/// What a PEM block is called, and what it holds.
pub(crate) struct Pem<'a> {
    pub(crate) kind: &'a str,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Reads a text that is one PEM block, with nothing but white space around it.
pub(crate) fn read(text: &str) -> Result<Pem<'_>, KeyError> {
    if text.len() > MAX_PEM {
        return Err(KeyError::TooLong(text.len()));
    }
    let begun = text.trim().strip_prefix("-----BEGIN ").ok_or(KeyError::NotPem)?;
    let (kind, rest) = begun.split_once("-----").ok_or(KeyError::NotPem)?;
    let (body, end) = rest.split_once("-----END ").ok_or(KeyError::NotPem)?;
    if end.strip_suffix("-----") != Some(kind) {
        return Err(KeyError::NotPem);
    }
    // The older form of encryption says so in headers of its own, the newer one in its name.
    if kind == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let dense = body.bytes().filter(|byte| !byte.is_ascii_whitespace());
    // Made in its full size at once, so that growing leaves no copies of a private key behind.
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    base64.extend(dense);
    let der = STANDARD.decode(&*base64).map_err(|_| KeyError::NotPem)?;
    Ok(Pem { kind, der: Zeroizing::new(der) })
}

/// Writes a PEM block.
pub(crate) fn write(kind: &str, der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(base64.len() / LINE * 65 + 128));
    text.push_str("-----BEGIN ");
    text.push_str(kind);
    text.push_str("-----");
    for (at, letter) in base64.chars().enumerate() {
        if at % LINE == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str("\n-----END ");
    text.push_str(kind);
    text.push_str("-----\n");
    text
}
