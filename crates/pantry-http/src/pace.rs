//! A connection may not be drawn out: by sending a request too slowly, by sending none for too long,
//! or by not taking an answer.
//!
//! Whether bytes move is only seen at the stream, where a request begins and ends only by whoever
//! serves it. Both note it in the connection's [`Pace`], and the connection's task looks at that
//! whenever it has done what there was to do. Its one timer is left to run out and set anew, so a
//! busy connection pays next to nothing for it.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::limits::Limits;

/// A request's head is being sent.
const HEAD: u8 = 0;
/// A request is being served; how long its body may take is seen to there.
const SERVED: u8 = 1;
/// The last request is answered, and the next has not begun.
const IDLE: u8 = 2;

/// Instead of a time: nothing is stalled.
const NEVER: u64 = u64::MAX;

/// Where a connection stands, and since when. One task at a time uses it.
#[derive(Debug)]
pub(crate) struct Pace {
    /// What times are counted from, in microseconds.
    opened: Instant,
    phase: AtomicU8,
    /// When the phase began; or in an idle connection, when the last of an answer was taken.
    since: AtomicU64,
    /// Since when the peer takes nothing of what is to be written.
    stalled_since: AtomicU64,
}

impl Pace {
    /// That of a connection that was just opened.
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            phase: AtomicU8::new(HEAD),
            since: AtomicU64::new(0),
            stalled_since: AtomicU64::new(NEVER),
        }
    }

    /// A request's head is there.
    pub(crate) fn serving(&self) {
        self.enter(SERVED);
    }

    /// The request is answered.
    pub(crate) fn served(&self) {
        self.enter(IDLE);
    }

    /// Bytes were read.
    fn read(&self) {
        if self.phase.load(Ordering::Relaxed) == IDLE {
            self.enter(HEAD);
        }
    }

    /// Bytes were written.
    fn wrote(&self) {
        self.stalled_since.store(NEVER, Ordering::Relaxed);
        if self.phase.load(Ordering::Relaxed) == IDLE {
            self.enter(IDLE);
        }
    }

    /// No bytes could be written.
    fn stalled(&self) {
        if self.stalled_since.load(Ordering::Relaxed) == NEVER {
            self.stalled_since.store(self.now(), Ordering::Relaxed);
        }
    }

    fn enter(&self, phase: u8) {
        self.phase.store(phase, Ordering::Relaxed);
        self.since.store(self.now(), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(NEVER - 1)
    }

    /// Until when something must happen, and what it says of the connection if nothing does.
    pub(crate) fn deadline(&self, limits: &Limits) -> Option<(Instant, &'static str)> {
        let after = |since: u64, limit| self.opened + Duration::from_micros(since) + limit;
        let stalled_since = self.stalled_since.load(Ordering::Relaxed);
        if stalled_since != NEVER {
            let until = after(stalled_since, limits.stalled_for);
            return Some((until, "the peer took nothing of its answer for too long"));
        }
        let since = self.since.load(Ordering::Relaxed);
        match self.phase.load(Ordering::Relaxed) {
            HEAD => Some((after(since, limits.head_within), "the head of a request took too long")),
            IDLE => Some((after(since, limits.idle_for), "there was no request for too long")),
            _ => None,
        }
    }
}

/// A stream that notes in a [`Pace`] what happens.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S, pace: Arc<Pace>) -> Self {
        Self { stream, pace }
    }

    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    fn note_write<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.pace.wrote();
        } else {
            self.pace.stalled();
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if outcome.is_ready() {
            self.pace.read();
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
        self.note_write(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.note_write(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        if outcome.is_pending() {
            self.pace.stalled();
        }
        outcome
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A timer that is made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready once the deadline has passed. The timer may still run for an earlier one: then it wakes
    /// the task, which asks again.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        while timer.as_mut().poll(context).is_ready() {
            if timer.deadline() >= deadline {
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests;
