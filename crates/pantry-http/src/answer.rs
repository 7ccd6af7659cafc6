//! What a handler answers.

use std::ops::Range;

use bytes::Bytes;
use hyper::header::{
    ACCEPT_RANGES, ALLOW, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::outgoing::Outgoing;

/// The media type of nearly everything.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// Any content: what the original's file store says, too.
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// The text format of Prometheus.
const METRICS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4");

/// The status and body of an answer, with the headers that are its own. What all answers have, the
/// pipeline adds.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    /// None where there is no body.
    media: Option<HeaderValue>,
    body: Outgoing,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Answer {
    /// Bytes that are JSON already: an object as it is stored.
    pub(crate) fn stored(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::in_parts(status, Outgoing::Whole(Some(body.into())))
    }

    /// JSON that is written while it is sent.
    pub(crate) fn in_parts(status: StatusCode, body: Outgoing) -> Self {
        Self { status, media: Some(JSON), body, headers: Vec::new() }
    }

    /// A document, written as JSON. It must be one that JSON can write: maps have texts as keys.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => Self::stored(status, body),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as JSON");
                Self::stored(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Bytes::from_static(br#"{"error":["internal service error"]}"#),
                )
            }
        }
    }

    /// 200, with a document.
    pub(crate) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// 201, with a document, and where what was made is found. That is the same URL as the one in
    /// the document's `uri`, if it has one: see [`Call::url`](crate::call::Call::url).
    pub(crate) fn created_at(location: &str, body: &impl Serialize) -> Self {
        let mut answer = Self::json(StatusCode::CREATED, body);
        // A URL that was built here has no characters that a header could not hold.
        if let Ok(location) = HeaderValue::try_from(location) {
            answer.headers.push((LOCATION, location));
        }
        answer
    }

    /// Text.
    pub(crate) fn text(body: impl Into<Bytes>) -> Self {
        Self { media: Some(TEXT), ..Self::stored(StatusCode::OK, body) }
    }

    /// Metrics in the text format of Prometheus.
    pub(crate) fn metrics(body: String) -> Self {
        Self { media: Some(METRICS), ..Self::stored(StatusCode::OK, body) }
    }

    /// 204: it is done, and there is nothing to say.
    pub(crate) fn nothing() -> Self {
        Self::bare(StatusCode::NO_CONTENT)
    }

    /// A file's content, or a part of it: these bytes of that many.
    pub(crate) fn file(body: Outgoing, etag: &str, part: Option<(Range<u64>, u64)>) -> Self {
        let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let mut answer = Self { media: Some(BYTES), body, ..Self::bare(status) };
        answer.headers.push((ACCEPT_RANGES, HeaderValue::from_static("bytes")));
        answer.add(ETAG, etag);
        if let Some((Range { start, end }, size)) = part {
            answer.add(CONTENT_RANGE, &format!("bytes {start}-{}/{size}", end.saturating_sub(1)));
        }
        answer
    }

    /// The same, to be kept under a name by whoever fetches it. A name here is a cookbook's and its
    /// version's, which a header can hold.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.add(CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
        self
    }

    /// 304: whoever asks has the file with this entity tag.
    pub(crate) fn not_modified(etag: &str) -> Self {
        let mut answer = Self::bare(StatusCode::NOT_MODIFIED);
        answer.add(ETAG, etag);
        answer
    }

    /// 200, with JSON in this coding, that has this entity tag.
    pub(crate) fn encoded(body: Outgoing, coding: Option<&'static str>, etag: &str) -> Self {
        let mut answer = Self::in_parts(StatusCode::OK, body).varying_by_coding();
        answer.add(ETAG, etag);
        let coding = coding.map(|coding| (CONTENT_ENCODING, HeaderValue::from_static(coding)));
        answer.headers.extend(coding);
        answer
    }

    /// The same, saying that it depends on which codings its reader takes.
    pub(crate) fn varying_by_coding(mut self) -> Self {
        self.headers.push((VARY, HeaderValue::from_static("accept-encoding")));
        self
    }

    /// 416: a file of this length has no such bytes.
    pub(crate) fn beyond(size: u64) -> Self {
        let sentence = format!("the file is {size} bytes long, and the range begins after that");
        let error = serde_json::json!({ "error": [sentence] });
        let mut answer = Self::json(StatusCode::RANGE_NOT_SATISFIABLE, &error);
        answer.add(CONTENT_RANGE, &format!("bytes */{size}"));
        answer
    }

    /// No body.
    fn bare(status: StatusCode) -> Self {
        Self { status, media: None, body: Outgoing::Whole(None), headers: Vec::new() }
    }

    /// Adds a header whose value was built here, of characters that a header can hold.
    fn add(&mut self, name: HeaderName, value: &str) {
        self.headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }

    /// The same, saying how its sender can authenticate.
    pub(crate) fn challenging(mut self, how: &'static str) -> Self {
        self.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static(how)));
        self
    }

    /// The same, saying which methods there are.
    pub(crate) fn allowing(mut self, methods: String) -> Self {
        if let Ok(methods) = HeaderValue::try_from(methods) {
            self.headers.push((ALLOW, methods));
        }
        self
    }

    /// The same, saying when to come again.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// As it is sent, but for what all answers have.
    pub(crate) fn into_response(self) -> Response<Outgoing> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(4 + self.headers.len());
        headers.extend(self.media.map(|media| (CONTENT_TYPE, media)));
        headers.extend(self.headers);
        response
    }
}
