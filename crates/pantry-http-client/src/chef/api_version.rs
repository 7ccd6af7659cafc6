//! In which version of the API requests are written.
//!
//! The newest that is known here is tried. A server that does not know it answers 406, with the oldest
//! and the newest that it knows; it has looked at nothing else of the request by then. A server that
//! does not know that there are versions speaks the oldest, whatever is asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::client::Answer;

/// The newest version that is known here.
const NEWEST: u32 = 2;

/// What is known of a server.
#[derive(Debug)]
pub(super) struct ApiVersion(AtomicU32);

impl ApiVersion {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(NEWEST))
    }

    /// In which the next request is written.
    pub(super) fn now(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Reads a 406, and says whether there is a version to try instead of this one.
    pub(super) fn learn(&self, tried: u32, answer: &Answer) -> Option<u32> {
        let (least, most) = known(answer)?;
        let version = NEWEST.min(most);
        if version < least || version == tried {
            return None;
        }
        self.0.store(version, Ordering::Relaxed);
        Some(version)
    }
}

/// The oldest and the newest version that the server says to know: in the body as numbers, in the
/// header as texts.
fn known(answer: &Answer) -> Option<(u32, u32)> {
    let header = answer.headers.get("X-Ops-Server-API-Version").map(|value| value.as_bytes());
    [Some(answer.body.as_slice()), header].into_iter().flatten().find_map(|text| {
        let said: serde_json::Value = serde_json::from_slice(text).ok()?;
        let number = |field: &str| match said.get(field)? {
            serde_json::Value::String(text) => text.parse().ok(),
            number => u32::try_from(number.as_u64()?).ok(),
        };
        Some((number("min_version")?, number("max_version")?))
    })
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, StatusCode};

    use super::*;

    fn learnt(body: &str, header: Option<&str>) -> Option<u32> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert("x-ops-server-api-version", header.parse().unwrap());
        }
        let body = body.as_bytes().to_vec();
        let answer = Answer { status: StatusCode::NOT_ACCEPTABLE, headers, body };
        let version = ApiVersion::new();
        let learnt = version.learn(NEWEST, &answer);
        assert_eq!(version.now(), learnt.unwrap_or(NEWEST));
        learnt
    }

    #[test]
    fn the_newest_that_both_know_is_taken() {
        assert_eq!(learnt(r#"{"min_version":0,"max_version":1}"#, None), Some(1));
        assert_eq!(learnt("", Some(r#"{"min_version":"0","max_version":"0"}"#)), Some(0));
        assert_eq!(
            learnt(r#"{"error":"x"}"#, Some(r#"{"min_version":"0","max_version":"1"}"#)),
            Some(1)
        );
        for none in [
            r#"{"min_version":3,"max_version":5}"#,
            r#"{"min_version":0,"max_version":2}"#,
            r#"{"min_version":-1,"max_version":"x"}"#,
            "not acceptable",
            "[1]",
        ] {
            assert_eq!(learnt(none, None), None, "{none}");
        }
    }
}
