//! What tells keys from other texts: see [`KeyReader`].

use pantry_model::chef::keys::KeyReader;
use pantry_sign::PublicKey;

/// Reads keys as the server will when a request is signed with them.
pub const KEY_READER: KeyReader = KeyReader { is_public_key, key_of_certificate };

fn is_public_key(text: &str) -> bool {
    PublicKey::from_pem(text).is_ok()
}

fn key_of_certificate(text: &str) -> Option<String> {
    PublicKey::from_certificate_pem(text).ok().map(|key| key.to_pem())
}
