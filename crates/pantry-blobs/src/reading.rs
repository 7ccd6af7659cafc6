//! A content that is being read, part by part.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;

use crate::error::BlobError;

/// The bytes of a content, as they are read. They are exactly as many as were said, or there is an
/// error.
pub struct Reading {
    left: u64,
    parts: Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>,
}

impl Reading {
    pub(crate) fn new(
        size: u64,
        parts: impl Stream<Item = Result<Bytes, BlobError>> + Send + 'static,
    ) -> Self {
        Self { left: size, parts: Box::pin(parts) }
    }

    /// How many bytes are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes; `None` at their end.
    pub async fn next(&mut self) -> Option<Result<Bytes, BlobError>> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The same, for whoever has a context.
    pub fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BlobError>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let part = match ready!(self.parts.as_mut().poll_next(context)) {
            Some(Ok(part)) => part,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(Some(Err(too_short(self.left)))),
        };
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        Poll::Ready(Some(match self.left.checked_sub(length) {
            Some(left) => {
                self.left = left;
                Ok(part)
            }
            None => Err(BlobError::Broken("a content has become longer".to_owned())),
        }))
    }
}

fn too_short(left: u64) -> BlobError {
    BlobError::Broken(format!("a content ended {left} bytes before its end"))
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reading({} bytes)", self.left)
    }
}
