//! `X-Ops-Server-API-Version`: which version of the API a request is written in.
//!
//! Clients send the newest they know, and learn from every answer's header of the same name, which
//! is a JSON document of texts, what the server knows.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::answer::Answer;

/// The header, in requests and in answers.
pub(crate) const API_VERSION: HeaderName = HeaderName::from_static("x-ops-server-api-version");

/// The longest text of a version that is repeated in an answer, in characters.
const MAX_REPEATED: usize = 64;

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ApiVersion {
    /// Keys are part of users and clients. What a request has that says none.
    V0,
    /// Keys are objects of their own.
    V1,
    /// Cookbooks list their files flatly.
    V2,
}

/// A version that there is not.
#[derive(Debug)]
pub(crate) struct Unsupported {
    said: String,
    number: i64,
}

impl ApiVersion {
    /// The oldest, as a number.
    pub(crate) const MIN: u32 = 0;
    /// The newest, as a number.
    pub(crate) const MAX: u32 = 2;

    /// What a request says. As in the original, a number may have a sign.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Unsupported> {
        let Some(said) = headers.get(API_VERSION).map(HeaderValue::as_bytes) else {
            return Ok(Self::V0);
        };
        let number = std::str::from_utf8(said).ok().and_then(|text| text.parse::<i64>().ok());
        match number {
            Some(0) => Ok(Self::V0),
            Some(1) => Ok(Self::V1),
            Some(2) => Ok(Self::V2),
            _ => {
                let said = String::from_utf8_lossy(said).chars().take(MAX_REPEATED).collect();
                Err(Unsupported { said, number: number.unwrap_or(-1) })
            }
        }
    }

    /// As a number.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::V0 => 0,
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// The header of an answer with this status to such a request. The original says in every 406
    /// that the request was served in no version.
    pub(crate) fn header(self, status: StatusCode) -> HeaderValue {
        if status == StatusCode::NOT_ACCEPTABLE {
            return header(i64::from(self.number()));
        }
        HeaderValue::from_static(match self {
            Self::V0 => {
                r#"{"min_version":"0","max_version":"2","request_version":"0","response_version":"0"}"#
            }
            Self::V1 => {
                r#"{"min_version":"0","max_version":"2","request_version":"1","response_version":"1"}"#
            }
            Self::V2 => {
                r#"{"min_version":"0","max_version":"2","request_version":"2","response_version":"2"}"#
            }
        })
    }
}

impl Unsupported {
    /// The header of the answer.
    pub(crate) fn header(&self) -> HeaderValue {
        header(self.number)
    }

    /// The answer.
    pub(crate) fn answer(&self) -> Answer {
        let body = json!({
            "error": "invalid-x-ops-server-api-version",
            "message": format!("Specified version {} not supported", self.said),
            "min_version": ApiVersion::MIN,
            "max_version": ApiVersion::MAX,
        });
        Answer::json(StatusCode::NOT_ACCEPTABLE, &body)
    }
}

fn header(requested: i64) -> HeaderValue {
    let text = format!(
        r#"{{"min_version":"0","max_version":"2","request_version":"{requested}","response_version":"-1"}}"#
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("{}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ApiVersion, Unsupported> {
        let mut headers = HeaderMap::new();
        headers.insert(API_VERSION, HeaderValue::from_bytes(text.as_bytes()).unwrap());
        ApiVersion::read(&headers)
    }

    #[test]
    fn three_versions_are_known_and_none_is_the_oldest() {
        assert_eq!(ApiVersion::read(&HeaderMap::new()).unwrap(), ApiVersion::V0);
        for (text, version) in
            [("0", ApiVersion::V0), ("1", ApiVersion::V1), ("+2", ApiVersion::V2)]
        {
            assert_eq!(read(text).unwrap(), version);
            assert_eq!(version.number().to_string(), text.trim_start_matches('+'));
        }
        for (text, number) in [
            ("3", "3"),
            ("-1", "-1"),
            ("-7", "-7"),
            ("", "-1"),
            ("invalid", "-1"),
            ("1.0", "-1"),
            ("99999999999999999999", "-1"),
        ] {
            let header = read(text).unwrap_err().header();
            let said: serde_json::Value = serde_json::from_slice(header.as_bytes()).unwrap();
            assert_eq!(said["request_version"], number, "{text}");
            assert_eq!(said["response_version"], "-1", "{text}");
        }
    }

    #[test]
    fn the_header_of_an_answer_is_texts() {
        for version in [ApiVersion::V0, ApiVersion::V1, ApiVersion::V2] {
            let number = version.number().to_string();
            for (status, response) in
                [(StatusCode::OK, &*number), (StatusCode::NOT_ACCEPTABLE, "-1")]
            {
                let header = version.header(status);
                let said: serde_json::Value = serde_json::from_slice(header.as_bytes()).unwrap();
                let expected = json!({
                    "min_version": "0", "max_version": "2",
                    "request_version": number, "response_version": response,
                });
                assert_eq!(said, expected);
            }
        }
    }
}
