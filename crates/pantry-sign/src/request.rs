//! What of a request is signed, and how it is written down for that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{SigningTime, Version};

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// In any case: `GET`.
    pub method: &'a str,
    /// As it was received, percent-encoded and before anything is rewritten. The query is not
    /// covered and may be there; neither do doubled and trailing slashes matter.
    pub path: &'a str,
    /// The whole body.
    pub body: &'a [u8],
    /// The integer of `X-Ops-Server-API-Version`, 0 without the header. Only 1.3 covers it.
    pub server_api_version: u32,
}

impl Request<'_> {
    /// The body's hash, as it stands in `X-Ops-Content-Hash`.
    pub(crate) fn content_hash(&self, version: Version) -> String {
        base64_hash(version, self.body)
    }

    /// The text that is signed. It has no line feed at its end.
    pub(crate) fn text(
        &self,
        version: Version,
        content_hash: &str,
        time: SigningTime,
        user: &str,
    ) -> String {
        let method = self.method.to_ascii_uppercase();
        let path = canonical_path(self.path);
        match version {
            Version::V1_0 | Version::V1_1 | Version::V1_2 => {
                let path = base64_hash(version, path.as_bytes());
                let hashed;
                let user = if version == Version::V1_0 {
                    user
                } else {
                    hashed = base64_hash(version, user.as_bytes());
                    &hashed
                };
                format!(
                    "Method:{method}\nHashed Path:{path}\nX-Ops-Content-Hash:{content_hash}\n\
                     X-Ops-Timestamp:{time}\nX-Ops-UserId:{user}"
                )
            }
            // The line of the protocol is this one, whatever else the header says.
            Version::V1_3 => format!(
                "Method:{method}\nPath:{path}\nX-Ops-Content-Hash:{content_hash}\n\
                 X-Ops-Sign:version=1.3\nX-Ops-Timestamp:{time}\nX-Ops-UserId:{user}\n\
                 X-Ops-Server-API-Version:{}",
                self.server_api_version
            ),
        }
    }
}

fn base64_hash(version: Version, bytes: &[u8]) -> String {
    STANDARD.encode(version.hash(bytes))
}

/// A path without query, with single slashes, and without one at the end unless it is nothing else.
fn canonical_path(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut canonical = String::with_capacity(path.len().max(1));
    for letter in path.chars() {
        if letter != '/' || !canonical.ends_with('/') {
            canonical.push(letter);
        }
    }
    if canonical.ends_with('/') {
        canonical.pop();
    }
    if canonical.is_empty() {
        canonical.push('/');
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        for (path, canonical) in [
            ("/", "/"),
            ("", "/"),
            ("//", "/"),
            ("/?q=/a//b/", "/"),
            ("/organizations/acme/nodes", "/organizations/acme/nodes"),
            ("/organizations//acme///nodes/", "/organizations/acme/nodes"),
            ("/search/node?q=name:a//b&rows=1/", "/search/node"),
            ("/a/?", "/a"),
            ("/a%2F%2Fb/é", "/a%2F%2Fb/é"),
        ] {
            assert_eq!(canonical_path(path), canonical, "{path}");
        }
    }
}
