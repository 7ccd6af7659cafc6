//! Where CURVE keys come from.

use pantry_model::{CurveKeyPair, CurvePublicKey, CurveSecretKey};

use crate::ffi;

/// A new key pair, from libsodium's randomness. libsodium ends the process if the system has none.
pub fn generate_key_pair() -> CurveKeyPair {
    let (public, secret) = ffi::curve_key_pair();
    CurveKeyPair {
        public: CurvePublicKey::from_bytes(public),
        secret: CurveSecretKey::from_bytes(secret),
    }
}
