//! What a request is called in logs: as its sender says, or by a name that is made here.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use pantry_model::Timestamp;

/// The header, in requests and in answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest that is taken from a sender, in bytes.
const MAX_LENGTH: usize = 128;

/// Makes names: the time at which the server started, and a number. They are no secrets, but nobody is
/// to learn from them how much others ask for: requests are counted, and what is told is the count's
/// hash with a key that this server alone has.
#[derive(Debug)]
pub(crate) struct RequestIds {
    started: i64,
    next: AtomicU64,
    key: RandomState,
}

impl RequestIds {
    /// Those of a server that started then.
    pub(crate) fn since(started: Timestamp) -> Self {
        Self { started: started.0, next: AtomicU64::new(1), key: RandomState::new() }
    }

    /// The sender's own, if it is one that can be repeated in a log; else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(REQUEST_ID).filter(|id| is_fit(id.as_bytes())) {
            Some(id) => id.clone(),
            None => self.made(),
        }
    }

    fn made(&self) -> HeaderValue {
        let number = self.key.hash_one(self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(format!("{:x}-{number:016x}", self.started))
            .unwrap_or(HeaderValue::from_static("-"))
    }
}

fn is_fit(id: &[u8]) -> bool {
    (1..=MAX_LENGTH).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(id: HeaderValue) -> String {
        id.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_fit_id_is_kept_and_no_two_are_made_alike() {
        let ids = RequestIds::since(Timestamp(0x1234));
        let mut headers = HeaderMap::new();
        let made: BTreeSet<_> = (0..1000).map(|_| ids.of(&headers)).map(text).collect();
        assert_eq!(made.len(), 1000);
        assert!(made.iter().all(|id| id.starts_with("1234-") && id.len() == 21), "{made:?}");
        assert!(!made.contains("1234-0000000000000001"), "they are not counted");
        headers.insert(REQUEST_ID, HeaderValue::from_static("g3IAA2QAEG5v"));
        assert_eq!(ids.of(&headers), "g3IAA2QAEG5v");
        for bad in ["", "two words", "w\u{e9}b", &"x".repeat(129)] {
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(bad.as_bytes()).unwrap());
            assert_ne!(ids.of(&headers).as_bytes(), bad.as_bytes());
        }
    }
}
