//! Reading a request's body, up to a limit and within a time.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use pantry_model::refusals::request;

use crate::answer::Answer;
use crate::limits::Limits;
use crate::refuse;

/// A body, until it is read.
pub(crate) struct Unread {
    body: Incoming,
    /// Whether nothing of it is to come any more.
    is_over: bool,
}

impl Unread {
    pub(crate) fn new(body: Incoming) -> Self {
        Self { is_over: body.is_end_stream(), body }
    }

    /// Whether nothing of it is to come any more: there was none, or all of it was read.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The whole body, or the answer that it cannot be had. One that says beforehand that it is too
    /// large is not read at all.
    pub(crate) async fn read(&mut self, limits: &Limits) -> Result<Bytes, Answer> {
        if self.is_over {
            return Ok(Bytes::new());
        }
        let collect = collect(&mut self.body, limits.max_json_bytes);
        let outcome = tokio::time::timeout(limits.body_within, collect).await;
        let body = outcome.map_err(|_| refuse::body_too_slow(limits.body_within.as_secs()))??;
        self.is_over = true;
        Ok(body)
    }
}

async fn collect(body: &mut Incoming, limit: usize) -> Result<Bytes, Answer> {
    let too_large = || refuse::refusal(&request::body_too_large(limit));
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large());
    }
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // What is no data is a trailer, of which nothing is wanted.
        let Ok(data) = frame.map_err(|_| refuse::body_broken())?.into_data() else { continue };
        if first.len() + whole.len() + data.len() > limit {
            return Err(too_large());
        }
        if first.is_empty() && whole.is_empty() {
            first = data;
        } else {
            if whole.is_empty() {
                whole.reserve(announced.max(first.len() + data.len()));
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
