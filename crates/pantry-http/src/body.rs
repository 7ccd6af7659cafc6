//! Reading a request's body: as a whole, up to a limit and within a time, or as it arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use pantry_model::refusals::{files, request};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::limits::Limits;
use crate::refuse;

/// A body, until it is read.
pub(crate) struct Unread {
    body: Incoming,
    is_over: IsOver,
    /// Bytes that were handed over as they arrived.
    arrived: u64,
}

/// Whether nothing of a body is to come any more: there was none, or all of it was read. Clones tell
/// the same, wherever the body is.
#[derive(Clone)]
pub(crate) struct IsOver(Arc<AtomicBool>);

impl IsOver {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Unread {
    pub(crate) fn new(body: Incoming) -> Self {
        let is_over = IsOver(Arc::new(AtomicBool::new(body.is_end_stream())));
        Self { is_over, body, arrived: 0 }
    }

    /// Whether nothing of it is to come any more.
    pub(crate) fn is_over(&self) -> &IsOver {
        &self.is_over
    }

    /// The whole body of at most so many bytes, or the answer that it cannot be had. One that says
    /// beforehand that it is too large is not read at all.
    pub(crate) async fn read(&mut self, limits: &Limits, most: usize) -> Result<Bytes, Answer> {
        if self.is_over.get() {
            return Ok(Bytes::new());
        }
        let collect = collect(&mut self.body, most);
        let outcome = timeout(limits.body_within, collect).await;
        let body = outcome.map_err(|_| refuse::body_too_slow(limits.body_within.as_secs()))??;
        self.is_over.set();
        Ok(body)
    }

    /// What arrives next of a file; `None` at its end. It may take as long as it goes on, and one that
    /// says beforehand that it is too large is not read at all.
    pub(crate) async fn next(&mut self, limits: &Limits) -> Result<Option<Bytes>, Answer> {
        let limit = limits.max_upload_bytes;
        let too_large = || refuse::refusal(&files::too_large(limit));
        if self.body.size_hint().lower() > limit.saturating_sub(self.arrived) {
            return Err(too_large());
        }
        loop {
            let frame = timeout(limits.body_within, self.body.frame()).await;
            let frame = frame.map_err(|_| refuse::body_stalled(limits.body_within.as_secs()))?;
            let Some(frame) = frame else {
                self.is_over.set();
                return Ok(None);
            };
            // What is no data is a trailer, of which nothing is wanted.
            let Ok(data) = frame.map_err(|_| refuse::body_broken())?.into_data() else { continue };
            self.arrived += u64::try_from(data.len()).unwrap_or(u64::MAX);
            return if self.arrived > limit { Err(too_large()) } else { Ok(Some(data)) };
        }
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
