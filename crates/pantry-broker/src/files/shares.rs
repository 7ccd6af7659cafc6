//! How much each stream may have in flight, of what all may have together.
//!
//! What is in flight is in the server's memory until the network takes it. One stream alone has all the
//! room that it can use; of many, each has at least a little, so that none waits for another's receiver.

use std::sync::atomic::{AtomicU64, Ordering};

/// What all streams together may have in flight before each has only the least, in bytes.
const ALL: u64 = 64 * 1024 * 1024;

/// The least and the most of one.
const LEAST: u64 = 64 * 1024;
const MOST: u64 = 4 * 1024 * 1024;

/// What is in flight in all.
#[derive(Debug, Default)]
pub(super) struct Shares(AtomicU64);

/// The share of one stream, until it is dropped.
pub(super) struct Share<'a> {
    shares: &'a Shares,
    in_flight: u64,
}

impl Shares {
    /// That of one more stream.
    pub(super) fn enter(&self) -> Share<'_> {
        Share { shares: self, in_flight: 0 }
    }
}

impl Share<'_> {
    /// How much more may be in flight now.
    pub(super) fn room(&self) -> u64 {
        let all = self.shares.0.load(Ordering::Relaxed);
        let most = if all < ALL { MOST.min(self.in_flight + (ALL - all)) } else { 0 };
        most.max(LEAST).saturating_sub(self.in_flight)
    }

    /// So much is in flight in all, of this stream.
    pub(super) fn set(&mut self, in_flight: u64) {
        let all = &self.shares.0;
        match in_flight.checked_sub(self.in_flight) {
            Some(more) => all.fetch_add(more, Ordering::Relaxed),
            None => all.fetch_sub(self.in_flight - in_flight, Ordering::Relaxed),
        };
        self.in_flight = in_flight;
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_much_and_many_have_little_each() {
        let shares = Shares::default();
        let mut one = shares.enter();
        assert_eq!(one.room(), MOST);
        one.set(MOST);
        assert_eq!(one.room(), 0);
        one.set(LEAST);
        let mut others = Vec::new();
        for _ in 0..1_000 {
            let mut other = shares.enter();
            assert!(other.room() >= LEAST);
            other.set(other.room());
            others.push(other);
        }
        assert_eq!(one.room(), 0);
        assert!(shares.0.load(Ordering::Relaxed) <= ALL + 1_001 * LEAST);
        one.set(0);
        assert_eq!(one.room(), LEAST);
        drop(others);
        assert_eq!(one.room(), MOST);
        assert_eq!(shares.0.load(Ordering::Relaxed), 0);
    }
}
