//! What a signature must have been made of. It is built once, and compared for each key.

use crate::{Claim, PublicKey, Request, SigningTime, Version, padding};

/// What a [`Claim`]'s signature must cover to be one of a certain request.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    message: Vec<u8>,
    signature: &'a [u8],
    content_is_as_claimed: bool,
}

impl<'a> Block<'a> {
    pub(crate) fn new(claim: &'a Claim, request: &Request<'_>) -> Self {
        let content_hash = request.content_hash(claim.version);
        let content_is_as_claimed = match claim.version {
            Version::V1_0 | Version::V1_1 => claim.content_hash == content_hash.as_bytes(),
            // Here the original compares no header. The computed hash is signed all the same.
            Version::V1_2 | Version::V1_3 => true,
        };
        let message = message(claim.version, request, &content_hash, claim.time, &claim.user);
        Self { message, signature: &claim.signature, content_is_as_claimed }
    }

    /// Whether this key made the signature, and the content is what the headers say. Takes about
    /// 15 µs with a key of 2048 bits.
    pub fn verify(&self, key: &PublicKey) -> bool {
        self.content_is_as_claimed && key.verify(&self.message, self.signature)
    }
}

/// What is padded and signed: the text, or its digest in an envelope that names the algorithm.
pub(crate) fn message(
    version: Version,
    request: &Request<'_>,
    content_hash: &str,
    time: SigningTime,
    user: &str,
) -> Vec<u8> {
    let text = request.text(version, content_hash, time, user).into_bytes();
    let info = match version {
        Version::V1_0 | Version::V1_1 => return text,
        Version::V1_2 => padding::SHA1_INFO,
        Version::V1_3 => padding::SHA256_INFO,
    };
    [info, version.hash(&text).as_ref()].concat()
}
