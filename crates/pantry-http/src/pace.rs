//! A connection that may not be drawn out: it fails when the peer sends a request too slowly, sends
//! none for too long, or does not take its answer.
//!
//! It wraps the stream, because only there is seen whether bytes move. Which of the limits holds
//! depends on where the connection stands, which whoever serves the requests says. Timers are only
//! looked at while the stream has nothing to do, and one that is running is left to run out and set
//! anew, so a busy connection pays next to nothing for them.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::limits::Limits;

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A request's head is being sent.
    Head,
    /// A request is being served; how long its body may take is seen to there.
    Served,
    /// The last request is answered, and the next has not begun.
    Idle,
}

/// Where a connection stands, said by whoever serves its requests.
#[derive(Debug, Default)]
pub(crate) struct Pace(AtomicU8);

impl Pace {
    pub(crate) fn set(&self, phase: Phase) {
        let number = match phase {
            Phase::Head => 0,
            Phase::Served => 1,
            Phase::Idle => 2,
        };
        self.0.store(number, Ordering::Relaxed);
    }

    fn get(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            0 => Phase::Head,
            1 => Phase::Served,
            _ => Phase::Idle,
        }
    }
}

/// A stream with these limits.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
    head_within: Duration,
    idle_for: Duration,
    stalled_for: Duration,
    /// The phase that was seen last, and since when it is.
    seen: (Phase, Instant),
    reading: Timer,
    /// Since when the peer takes nothing of what is written.
    stalled_since: Option<Instant>,
    writing: Timer,
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S, pace: Arc<Pace>, limits: &Limits) -> Self {
        Self {
            stream,
            pace,
            head_within: limits.head_within,
            idle_for: limits.idle_for,
            stalled_for: limits.stalled_for,
            seen: (Phase::Head, Instant::now()),
            reading: Timer::default(),
            stalled_since: None,
            writing: Timer::default(),
        }
    }

    /// The stream, without limits.
    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    fn enter(&mut self, phase: Phase) {
        if self.seen.0 != phase {
            self.seen = (phase, Instant::now());
        }
    }

    /// Whether too much time has passed while there was nothing to read.
    fn poll_quiet(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        self.enter(self.pace.get());
        let (phase, since) = self.seen;
        let (limit, reason) = match phase {
            Phase::Head => (self.head_within, "the head of a request took too long"),
            Phase::Idle => (self.idle_for, "there was no request for too long"),
            Phase::Served => return Poll::Pending,
        };
        ready!(self.reading.poll(context, since + limit));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, reason))
    }

    /// The outcome of a write: one that makes no progress for too long fails.
    fn after_write<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled_since = None;
            if self.seen.0 == Phase::Idle {
                // The answer is still on its way.
                self.seen.1 = Instant::now();
            }
            return outcome;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        ready!(self.writing.poll(context, since + self.stalled_for));
        let reason = "the peer took nothing of its answer for too long";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, reason)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if outcome.is_pending() {
            return self.poll_quiet(context).map(Err);
        }
        if self.pace.get() == Phase::Idle {
            self.pace.set(Phase::Head);
            self.enter(Phase::Head);
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.after_write(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        if outcome.is_ready() { outcome } else { self.after_write(context, outcome) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A timer that is made when it is first needed.
#[derive(Debug, Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready once the deadline has passed. The timer may still run for an earlier one: then it wakes
    /// the task, which asks again.
    fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(context).is_ready() {
            if timer.deadline() >= deadline || Instant::now() >= deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}
