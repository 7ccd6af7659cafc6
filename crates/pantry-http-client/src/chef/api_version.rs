//! In which version of the API requests are written.
//!
//! The newest that is known here is tried. A server that does not know it answers 406, with the oldest
//! and the newest that it knows; it has looked at nothing else of the request by then. A server that
//! does not know that there are versions speaks the oldest, whatever is asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::client::Answer;

/// The newest version that is known here.
const NEWEST: u32 = 2;

const HEADER: &str = "X-Ops-Server-API-Version";

/// What is known of a server.
#[derive(Debug)]
pub(super) struct ApiVersion {
    asked: AtomicU32,
    answered: AtomicU32,
}

impl ApiVersion {
    pub(super) fn new() -> Self {
        Self { asked: AtomicU32::new(NEWEST), answered: AtomicU32::new(NEWEST) }
    }

    /// In which the next request is written.
    pub(super) fn now(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    /// In which the last answer was written.
    pub(super) fn answered(&self) -> u32 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Reads in which version an answer is written; the oldest, if it does not say.
    pub(super) fn hear(&self, answer: &Answer) {
        let said = answer.headers.get(HEADER).and_then(|text| {
            let said: serde_json::Value = serde_json::from_slice(text.as_bytes()).ok()?;
            number(said.get("response_version")?)
        });
        self.answered.store(said.unwrap_or(0), Ordering::Relaxed);
    }

    /// Reads a 406, and says whether there is a version to try instead of this one.
    pub(super) fn learn(&self, tried: u32, answer: &Answer) -> Option<u32> {
        let (least, most) = known(answer)?;
        let version = NEWEST.min(most);
        if version < least || version == tried {
            return None;
        }
        self.asked.store(version, Ordering::Relaxed);
        Some(version)
    }
}

/// The oldest and the newest version that the server says to know: in the body as numbers, in the
/// header as texts.
fn known(answer: &Answer) -> Option<(u32, u32)> {
    let header = answer.headers.get(HEADER).map(|value| value.as_bytes());
    [Some(answer.body.as_slice()), header].into_iter().flatten().find_map(|text| {
        let said: serde_json::Value = serde_json::from_slice(text).ok()?;
        Some((number(said.get("min_version")?)?, number(said.get("max_version")?)?))
    })
}

/// A number, or a text that is one.
fn number(said: &serde_json::Value) -> Option<u32> {
    match said {
        serde_json::Value::String(text) => text.parse().ok(),
        number => u32::try_from(number.as_u64()?).ok(),
    }
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
