//! `X-Ops-Server-API-Version`: which version of the API a request is written in.
//!
//! Clients send the newest they know, and learn from every answer's header of the same name, which
//! is a JSON document of texts, what the server knows.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use pantry_model::chef::ApiVersion;
use serde_json::json;

use crate::answer::Answer;

/// The header, in requests and in answers.
pub(crate) const API_VERSION: HeaderName = HeaderName::from_static("x-ops-server-api-version");

/// The longest text of a version that is repeated in an answer, in characters.
const MAX_REPEATED: usize = 64;

/// The oldest version.
pub(crate) const OLDEST: ApiVersion = ApiVersion::V0;
/// The newest.
pub(crate) const NEWEST: ApiVersion = ApiVersion::V2;

/// A version that there is not.
#[derive(Debug)]
pub(crate) struct Unsupported {
    said: String,
    number: i64,
}

/// What a request says; the oldest, if it says nothing. As in the original, a number may have a sign.
pub(crate) fn read(headers: &HeaderMap) -> Result<ApiVersion, Unsupported> {
    let Some(said) = headers.get(API_VERSION).map(HeaderValue::as_bytes) else {
        return Ok(OLDEST);
    };
    let number = std::str::from_utf8(said).ok().and_then(|text| text.parse::<i64>().ok());
    let version = number.and_then(|number| u32::try_from(number).ok());
    version.and_then(ApiVersion::from_number).ok_or_else(|| {
        let said = String::from_utf8_lossy(said).chars().take(MAX_REPEATED).collect();
        Unsupported { said, number: number.unwrap_or(-1) }
    })
}

/// The header of an answer with this status to a request in this version. The original says in every
/// 406 that the request was served in no version.
pub(crate) fn header(version: ApiVersion, status: StatusCode) -> HeaderValue {
    if status == StatusCode::NOT_ACCEPTABLE {
        return header_of_none(version.number().into());
    }
    HeaderValue::from_static(match version {
        ApiVersion::V0 => {
            r#"{"min_version":"0","max_version":"2","request_version":"0","response_version":"0"}"#
        }
        ApiVersion::V1 => {
            r#"{"min_version":"0","max_version":"2","request_version":"1","response_version":"1"}"#
        }
        ApiVersion::V2 => {
            r#"{"min_version":"0","max_version":"2","request_version":"2","response_version":"2"}"#
        }
    })
}

impl Unsupported {
    /// The header of the answer.
    pub(crate) fn header(&self) -> HeaderValue {
        header_of_none(self.number)
    }

    /// The answer.
    pub(crate) fn answer(&self) -> Answer {
        let body = json!({
            "error": "invalid-x-ops-server-api-version",
            "message": format!("Specified version {} not supported", self.said),
            "min_version": OLDEST.number(),
            "max_version": NEWEST.number(),
        });
        Answer::json(StatusCode::NOT_ACCEPTABLE, &body)
    }
}

fn header_of_none(requested: i64) -> HeaderValue {
    let text = format!(
        r#"{{"min_version":"0","max_version":"2","request_version":"{requested}","response_version":"-1"}}"#
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("{}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<ApiVersion, Unsupported> {
        let mut headers = HeaderMap::new();
        headers.insert(API_VERSION, HeaderValue::from_bytes(text.as_bytes()).unwrap());
        read(&headers)
    }

    #[test]
    fn three_versions_are_known_and_none_is_the_oldest() {
        assert_eq!(read(&HeaderMap::new()).unwrap(), ApiVersion::V0);
        for (text, version) in
            [("0", ApiVersion::V0), ("1", ApiVersion::V1), ("+2", ApiVersion::V2)]
        {
            assert_eq!(read_text(text).unwrap(), version);
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
            let header = read_text(text).unwrap_err().header();
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
                let header = header(version, status);
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
