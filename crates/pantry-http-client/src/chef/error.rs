//! What a Chef server says no to, and what it says that cannot be understood.

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{DATE, LOCATION};
use pantry_model::Md5;
use pantry_sign::SignError;
use serde_json::Value;

use crate::client::Answer;
use crate::error::HttpError;
use crate::url::InvalidUrl;

/// The longest text of a server's that is repeated, in characters.
const MAX_SAID: usize = 400;

/// Why a request has not been done.
#[derive(Debug, thiserror::Error)]
pub enum ChefError {
    /// There is no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The request cannot be signed.
    #[error("a request cannot be signed: {0}")]
    Sign(#[from] SignError),
    /// The server says no.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// A link to a content is refused, which need not be by the server that gave it.
    #[error(transparent)]
    LinkRefused(Box<Refused>),
    /// A Supermarket says no.
    #[error(transparent)]
    SupermarketRefused(Box<Refused>),
    /// The server gives a link that is none.
    #[error("the server gives a link to a content that cannot be followed: {0}")]
    Link(#[from] InvalidUrl),
    /// What a link points to is not what was asked for.
    #[error("GET {url}: this content has the MD5 {found}, and not {expected}")]
    OtherContent {
        /// Where.
        url: String,
        /// What it should have.
        expected: Md5,
        /// What it has.
        found: Md5,
    },
    /// A part of the work ended of its own accord, which is a mistake in this program.
    #[error("a request was abandoned")]
    Aborted,
    /// The server's answer is not what was asked for.
    #[error("{method} {url}: the answer is not understood: {reason}")]
    NotUnderstood {
        /// What was asked.
        method: String,
        /// Where.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ChefError {
    /// The refusal, if it is one with this status.
    pub fn refused(&self, status: StatusCode) -> Option<&Refused> {
        match self {
            Self::Refused(refused) if refused.status == status => Some(refused),
            _ => None,
        }
    }
}

/// What a server says no to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{method} {url}: {said} ({status})")]
pub struct Refused {
    /// What was asked.
    pub method: String,
    /// Where.
    pub url: String,
    /// The name that signed it.
    pub user: String,
    /// The status.
    pub status: StatusCode,
    /// The server's own sentence, or what stands for one.
    pub said: String,
    /// Where the server sends whoever asks, if it does.
    pub location: Option<String>,
    /// How far the server's clock is from the one here, where it says; without a sign, since only
    /// its size matters.
    pub clock_difference: Option<Duration>,
}

impl Refused {
    pub(crate) fn new(
        (method, url): (&str, &str),
        user: &str,
        answer: &Answer,
        now_unix: i64,
    ) -> Self {
        let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let date = header(DATE).and_then(unix_of_http_date);
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            user: user.to_owned(),
            status: answer.status,
            said: said(answer),
            location: header(LOCATION).map(str::to_owned),
            clock_difference: date.map(|date| Duration::from_secs(date.abs_diff(now_unix))),
        }
    }
}

/// The server's sentence: `error` is a text, a list of texts, or an object with a `message`; what is
/// no JSON comes from a proxy, and is a page that nobody wants to read.
pub(super) fn said(answer: &Answer) -> String {
    let sentence = serde_json::from_slice::<Value>(&answer.body).ok().and_then(|body| {
        let named = ["error", "errors", "error_messages"];
        let error = named.iter().find_map(|name| body.get(name));
        let mut said = error.map(sentences).unwrap_or_default();
        if let Some(message) = body.get("message").and_then(Value::as_str) {
            said.push(message.to_owned());
        }
        (!said.is_empty()).then(|| said.join("; "))
    });
    let sentence = sentence.unwrap_or_else(|| {
        let text = String::from_utf8_lossy(&answer.body);
        let text = text.trim();
        let is_line = !text.is_empty() && !text.contains(['<', '\n', '{']);
        let usual = answer.status.canonical_reason().unwrap_or("no reason is given");
        if is_line { text.to_owned() } else { usual.to_owned() }
    });
    match sentence.char_indices().nth(MAX_SAID) {
        Some((end, _)) => format!("{}…", sentence.get(..end).unwrap_or_default()),
        None => sentence,
    }
}

fn sentences(error: &Value) -> Vec<String> {
    match error {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(sentences).collect(),
        Value::Object(object) => object.get("message").map(sentences).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The time of `Sat, 21 Nov 2026 19:00:00 GMT`, the only form that servers send.
fn unix_of_http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let (clock, zone) = (words.next()?, words.next()?);
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let written = format!("{year}-{month:02}-{day}T{clock}Z");
    let time: pantry_sign::SigningTime = written.parse().ok()?;
    (zone == "GMT").then(|| time.unix())
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use super::*;

    fn of(status: u16, body: &str) -> String {
        let (status, headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
        said(&Answer { status, headers, body: body.as_bytes().to_vec() })
    }

    #[test]
    fn every_form_of_a_sentence_is_read() {
        for (body, sentence) in [
            (r#"{"error":["node 'a' not found"]}"#, "node 'a' not found"),
            (r#"{"error":"so it is"}"#, "so it is"),
            (r#"{"error":["one","two"]}"#, "one; two"),
            (r#"{"error":[{"message":"no such cookbook x."}]}"#, "no such cookbook x."),
            (r#"{"error":"invalid-license","message":"It ended."}"#, "invalid-license; It ended."),
            ("not here", "not here"),
            ("<html>404</html>", "Not Found"),
            (r#"{"hm":1}"#, "Not Found"),
            ("", "Not Found"),
        ] {
            assert_eq!(of(404, body), sentence, "{body}");
        }
        let long = of(400, &format!(r#"{{"error":"{}"}}"#, "é".repeat(1000)));
        assert_eq!(long.chars().count(), MAX_SAID + 1);
    }

    #[test]
    fn the_servers_time_is_read() {
        assert_eq!(unix_of_http_date("Sat, 21 Nov 2026 07:00:00 GMT"), Some(1_795_244_400));
        for bad in ["", "Sat, 21 Nov 2026", "Sat, 21 Nov 2026 07:00:00 CET", "21 Nov 2026"] {
            assert_eq!(unix_of_http_date(bad), None, "{bad}");
        }
    }
}
