//! Requests as bytes: signed once, sent as often as one likes within the quarter of an hour that a
//! signature is valid.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use pantry_sign::{PrivateKey, Request, SigningTime, Version, sign};

/// What chef-client signs with.
pub(crate) const PROTOCOL: Version = Version::V1_1;

/// Someone who signs requests.
pub(crate) struct Signer {
    name: String,
    key: PrivateKey,
}

impl Signer {
    pub(crate) fn new(name: &str, key: &PrivateKey) -> Self {
        Self { name: name.to_owned(), key: key.clone() }
    }

    /// From the file in which a server has written the key of this superuser.
    pub(crate) fn from_file(name: &str, path: &std::path::Path) -> Result<Self> {
        Ok(Self::new(name, &PrivateKey::from_pem(&std::fs::read_to_string(path)?)?))
    }

    /// Who.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A request with all of its bytes. It names no API version but 0, at which both servers answer
    /// with the public key.
    pub(crate) fn request(
        &self,
        host: SocketAddr,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Vec<u8>> {
        self.request_with(host, method, path, body, &[])
    }

    /// The same with more headers, which are not signed.
    pub(crate) fn request_with(
        &self,
        host: SocketAddr,
        method: &str,
        path: &str,
        body: &str,
        more: &[(&str, &str)],
    ) -> Result<Vec<u8>> {
        let request = Request { method, path, body: body.as_bytes(), server_api_version: 0 };
        let headers = sign(PROTOCOL, &self.name, now()?, &request, &self.key)?;
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\
             X-Chef-Version: 18.11.21\r\n"
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        for (name, value) in more {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            let length = body.len();
            text.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {length}\r\n"
            ));
        }
        text.push_str("\r\n");
        text.push_str(body);
        Ok(text.into_bytes())
    }
}

#[expect(clippy::disallowed_methods, reason = "a signature carries the time of day")]
fn now() -> Result<SigningTime> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(SigningTime::from_unix(seconds.try_into()?)?)
}
