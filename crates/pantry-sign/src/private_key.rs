//! The private half of an RSA key: made, read, written, and used to sign.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use zeroize::Zeroizing;

use crate::ffi::Rsa;
use crate::pem::{self, KeyError};
use crate::{PublicKey, der, padding};

const KINDS: &str = "RSA PRIVATE KEY or PRIVATE KEY";

/// A private RSA key. Cloning it copies a pointer; with the last of them it is wiped. `Debug` does
/// not show it.
#[derive(Clone)]
pub struct PrivateKey(Arc<Parsed>);

struct Parsed {
    rsa: Rsa,
    /// The `RSAPrivateKey`.
    der: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

impl PrivateKey {
    /// The size of the keys that a Chef Server makes, in bits.
    pub const USUAL_BITS: u32 = 2048;

    /// Makes a key of 2048, 3072, 4096 or 8192 bits. With 2048, it takes some tenths of a second of
    /// one core, and the time differs much from one to the next.
    pub fn generate(bits: u32) -> Result<Self, KeyError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(KeyError::NewSize(bits)),
        };
        let pair = KeyPair::generate(size).map_err(|_| KeyError::Generation)?;
        let info: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Generation)?;
        Self::from_der(der::in_private_key_info(info.as_ref()).ok_or(KeyError::Generation)?)
    }

    /// Reads PEM: `RSA PRIVATE KEY` (PKCS#1) or `PRIVATE KEY` (PKCS#8).
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::read(text)?;
        let key = match block.kind {
            "RSA PRIVATE KEY" => Some(&**block.der),
            "PRIVATE KEY" => der::in_private_key_info(&block.der),
            found => return Err(KeyError::Kind { found: found.to_owned(), expected: KINDS }),
        };
        Self::from_der(key.ok_or(KeyError::NotRsa)?)
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let public = PublicKey::from_der(der::public_half(der).ok_or(KeyError::NotRsa)?)?;
        let rsa = Rsa::from_private_der(der).ok_or(KeyError::NotRsa)?;
        Ok(Self(Arc::new(Parsed { rsa, der: Zeroizing::new(der.to_vec()), public })))
    }

    /// As a PEM block `RSA PRIVATE KEY`, which is what a Chef Server gives out, with a line feed at
    /// its end.
    pub fn to_pem(&self) -> Zeroizing<String> {
        pem::write("RSA PRIVATE KEY", &self.0.der)
    }

    /// The other half.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// The longest message, in bytes, that can be signed as it is.
    pub(crate) fn room(&self) -> usize {
        padding::room(self.0.rsa.len())
    }

    /// The signature of a message. Nothing if the message is longer than there is room, or if
    /// aws-lc could not compute it.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (mut block, mut signature) = (vec![0; self.0.rsa.len()], vec![0; self.0.rsa.len()]);
        let signed = padding::pad(message, &mut block) && self.0.rsa.seal(&block, &mut signature);
        signed.then_some(signature)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({} bits, ..)", self.0.public.bits())
    }
}
