//! The body of an answer: there as a whole, or written or read while it is sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use pantry_usecases::Reading;
use tokio::sync::mpsc;

use crate::universe::Composing;

/// How many parts may wait to be sent before their writer has to.
const PARTS: usize = 2;

/// Something that was to follow could not be had. The connection ends, so that the peer does not
/// take what it has for all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rest of an answer could not be written")]
pub(crate) struct Cut;

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// All of it; `None` once it was taken.
    Whole(Option<Bytes>),
    /// Part by part; `None` once it has come to its end.
    Parts(Option<mpsc::Receiver<Part>>),
    /// A file's content, as it is read.
    Content(Reading),
    /// A universe, as it is put together.
    Composed(Box<Composing>),
    /// None, in an answer to HEAD; it would be this long.
    Unsent(u64),
}

/// A part of a body that is written while it is sent.
#[derive(Debug)]
pub(crate) enum Part {
    /// Some bytes.
    Bytes(Bytes),
    /// That was all. A writer that goes without saying so has failed.
    End,
}

impl Outgoing {
    /// A body, and where its parts are to be put.
    pub(crate) fn in_parts() -> (mpsc::Sender<Part>, Self) {
        let (sender, receiver) = mpsc::channel(PARTS);
        (sender, Self::Parts(Some(receiver)))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match &mut *self {
            Self::Whole(bytes) => {
                let bytes = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::Parts(parts) => {
                let Some(receiver) = parts else { return Poll::Ready(None) };
                match ready!(receiver.poll_recv(context)) {
                    Some(Part::Bytes(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                    Some(Part::End) => {
                        *parts = None;
                        Poll::Ready(None)
                    }
                    None => {
                        *parts = None;
                        Poll::Ready(Some(Err(Cut)))
                    }
                }
            }
            Self::Content(reading) => {
                Poll::Ready(ready!(reading.poll_next(context)).map(|part| match part {
                    Ok(bytes) => Ok(Frame::data(bytes)),
                    Err(error) => {
                        tracing::error!(%error, "a file could not be read to its end");
                        Err(Cut)
                    }
                }))
            }
            Self::Composed(composing) => {
                Poll::Ready(ready!(composing.poll_next(context)).map(|part| match part {
                    Ok(bytes) => Ok(Frame::data(bytes)),
                    Err(error) => {
                        tracing::error!(%error, "a universe could not be compressed");
                        Err(Cut)
                    }
                }))
            }
            Self::Unsent(_) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::Parts(parts) => parts.is_none(),
            Self::Content(reading) => reading.left() == 0,
            Self::Composed(composing) => composing.is_over(),
            // The length is only told of a body that may come.
            Self::Unsent(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            Self::Parts(_) => SizeHint::default(),
            Self::Content(reading) => SizeHint::with_exact(reading.left()),
            Self::Composed(composing) => {
                composing.left().map_or_else(SizeHint::default, SizeHint::with_exact)
            }
            Self::Unsent(length) => SizeHint::with_exact(*length),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn parts_follow_each_other_until_their_end() {
        let (sender, body) = Outgoing::in_parts();
        let write = async move {
            for part in ["a", "b", "c"] {
                sender.send(Part::Bytes(Bytes::from_static(part.as_bytes()))).await.unwrap();
            }
            sender.send(Part::End).await.unwrap();
        };
        let (body, ()) = tokio::join!(body.collect(), write);
        assert_eq!(body.unwrap().to_bytes(), "abc");
    }

    #[tokio::test]
    async fn a_writer_that_goes_without_a_word_has_failed() {
        let (sender, body) = Outgoing::in_parts();
        sender.send(Part::Bytes(Bytes::from_static(b"a"))).await.unwrap();
        drop(sender);
        assert_eq!(body.collect().await.unwrap_err(), Cut);
    }

    #[tokio::test]
    async fn a_whole_body_says_how_long_it_is() {
        let body = Outgoing::Whole(Some(Bytes::from_static(b"abc")));
        assert_eq!(body.size_hint().exact(), Some(3));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "abc");
        assert!(Outgoing::Whole(Some(Bytes::new())).is_end_stream());
    }
}
