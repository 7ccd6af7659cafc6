//! What the tests share: keys, headers that can be tampered with, and any requests.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pantry_sign::{Claim, PrivateKey, PublicKey, Request, SigningTime, Version, sign};
use proptest::collection::vec;
use proptest::prelude::*;

/// The private keys, of 1024, 2048 and 4096 bits, as OpenSSL wrote them.
pub(crate) const PEMS: [&str; 3] =
    [include_str!("keys/1024.pem"), include_str!("keys/2048.pem"), include_str!("keys/4096.pem")];

/// The same, read once.
pub(crate) static KEYS: LazyLock<[PrivateKey; 3]> =
    LazyLock::new(|| PEMS.map(|pem| PrivateKey::from_pem(pem).unwrap()));

/// The usual key.
pub(crate) fn key() -> &'static PrivateKey {
    &KEYS[1]
}

/// A request that owns its parts, with who signs it and when.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    pub(crate) server_api_version: u32,
    pub(crate) user: String,
    pub(crate) time: SigningTime,
}

impl Signed {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            body: &self.body,
            server_api_version: self.server_api_version,
        }
    }

    pub(crate) fn headers(&self, version: Version, key: &PrivateKey) -> Headers {
        let headers = sign(version, &self.user, self.time, &self.request(), key).unwrap();
        Headers(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// What the server says of these headers on this request.
    pub(crate) fn is_verified(&self, headers: &Headers, key: &PublicKey) -> bool {
        let claim = Claim::read(|name| headers.get(name));
        claim.is_ok_and(|claim| claim.block(&self.request()).verify(key))
    }
}

/// Requests that clients could send, in the form in which they are signed.
pub(crate) fn any_signed() -> impl Strategy<Value = Signed> {
    let seconds = -62_167_219_200_i64..253_402_300_800;
    (
        prop::sample::select(vec!["GET", "PUT", "POST", "DELETE", "HEAD"]),
        "(/[a-zA-Z0-9._:%-]{1,12}){1,5}",
        vec(any::<u8>(), 0..200),
        0..3_u32,
        "[a-z0-9_][a-zA-Z0-9._-]{0,60}",
        seconds,
    )
        .prop_map(|(method, path, body, server_api_version, user, seconds)| Signed {
            method: method.to_owned(),
            path,
            body,
            server_api_version,
            user,
            time: SigningTime::from_unix(seconds).unwrap(),
        })
}

pub(crate) fn any_version() -> impl Strategy<Value = Version> {
    prop::sample::select(Version::ALL.to_vec())
}

/// Headers as a web server has them.
#[derive(Clone, Debug)]
pub(crate) struct Headers(pub(crate) Vec<(String, Vec<u8>)>);

impl Headers {
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    pub(crate) fn value(&mut self, name: &str) -> &mut Vec<u8> {
        let found = self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
        &mut found.unwrap().1
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// How many lines the signature has.
    pub(crate) fn lines(&self) -> usize {
        self.0.iter().filter(|(name, _)| name.starts_with("X-Ops-Authorization-")).count()
    }

    pub(crate) fn signature(&self) -> Vec<u8> {
        let line = |number| self.get(&format!("X-Ops-Authorization-{number}")).unwrap();
        STANDARD.decode((1..=self.lines()).map(line).collect::<Vec<_>>().concat()).unwrap()
    }

    /// With another signature, in one line.
    pub(crate) fn with_signature(&self, signature: &[u8]) -> Self {
        let mut headers = self.clone();
        headers.0.retain(|(name, _)| !name.starts_with("X-Ops-Authorization-"));
        let line = STANDARD.encode(signature).into();
        headers.0.push(("X-Ops-Authorization-1".to_owned(), line));
        headers
    }
}
