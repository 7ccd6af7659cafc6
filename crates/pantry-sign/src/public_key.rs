//! The public half of an RSA key: parsed once, then used for as many signatures as there are.

use std::fmt;
use std::sync::Arc;

use crate::ffi::Rsa;
use crate::pem::{self, KeyError};
use crate::{der, padding};

/// The shortest modulus, in bits. The original sets no bounds; its keys have 2048 bits. This much
/// is taken so that old clients can be brought along.
pub const MIN_BITS: u32 = 1024;

/// The longest modulus, in bits. A longer one would let a key slow down all who verify with it.
pub const MAX_BITS: u32 = 8192;

/// [`MAX_BITS`] in bytes.
pub(crate) const MAX_LENGTH: usize = 1024;

const KINDS: &str = "PUBLIC KEY or RSA PUBLIC KEY";
const CERTIFICATE: &str = "CERTIFICATE";

/// A public RSA key. Cloning it copies a pointer; two are equal if modulus and exponent are.
#[derive(Clone)]
pub struct PublicKey(Arc<Parsed>);

struct Parsed {
    rsa: Rsa,
    /// The `RSAPublicKey`, for which DER has only one form.
    der: Vec<u8>,
}

impl PublicKey {
    /// Reads PEM: `PUBLIC KEY` (what a Chef Server gives out) or `RSA PUBLIC KEY` (PKCS#1).
    ///
    /// No certificate: the original takes one where its API says *certificate*, and refuses it
    /// where a public key is asked for.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::read(text)?;
        let key = match block.kind {
            "PUBLIC KEY" => der::in_public_key_info(&block.der),
            "RSA PUBLIC KEY" => Some(&**block.der),
            found => return Err(KeyError::Kind { found: found.to_owned(), expected: KINDS }),
        };
        Self::from_der(key.ok_or(KeyError::NotRsa)?.to_vec())
    }

    /// Reads PEM of the kind `CERTIFICATE` (X.509), from the time before there were keys. The key
    /// is taken out of it, and nothing checked: neither who signed it nor until when.
    pub fn from_certificate_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::read(text)?;
        if block.kind != CERTIFICATE {
            let found = block.kind.to_owned();
            return Err(KeyError::Kind { found, expected: CERTIFICATE });
        }
        let key = der::in_certificate(&block.der).and_then(der::in_public_key_info);
        Self::from_der(key.ok_or(KeyError::NotRsa)?.to_vec())
    }

    /// From an `RSAPublicKey`.
    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, KeyError> {
        let rsa = Rsa::from_public_der(&der).ok_or(KeyError::NotRsa)?;
        if !(MIN_BITS..=MAX_BITS).contains(&rsa.bits()) {
            return Err(KeyError::Size(rsa.bits()));
        }
        Ok(Self(Arc::new(Parsed { rsa, der })))
    }

    /// As a PEM block `PUBLIC KEY`, with a line feed at its end.
    pub fn to_pem(&self) -> String {
        pem::write("PUBLIC KEY", &der::public_key_info(&self.0.der)).to_string()
    }

    /// The size of the modulus.
    pub fn bits(&self) -> u32 {
        self.0.rsa.bits()
    }

    /// Whether the signature is this message's. The padded message is built as it must be and
    /// compared as a whole with what the signature opens to; all of this is public, so the
    /// comparison need not take constant time.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let (mut expected, mut opened) = ([0; MAX_LENGTH], [0; MAX_LENGTH]);
        let length = self.0.rsa.len();
        let (Some(expected), Some(opened)) = (expected.get_mut(..length), opened.get_mut(..length))
        else {
            return false;
        };
        padding::pad(message, expected) && self.0.rsa.open(signature, opened) && expected == opened
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.bits())
    }
}
