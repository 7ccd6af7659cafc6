//! How much each stream may have in flight, of what all may have together.

use std::sync::atomic::{AtomicU64, Ordering};

/// What all streams together may have in flight, about. While each has at least the least, that is also
/// what they take of memory.
const ALL: u64 = 64 * 1024 * 1024;

/// The least and the most of one.
const LEAST: u64 = 64 * 1024;
const MOST: u64 = 4 * 1024 * 1024;

/// The streams that go on.
#[derive(Debug, Default)]
pub(super) struct Shares(AtomicU64);

/// One of them, until it is dropped.
pub(super) struct Share<'a>(&'a Shares);

impl Shares {
    /// One more.
    pub(super) fn enter(&self) -> Share<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Share(self)
    }
}

impl Share<'_> {
    /// How much it may have in flight now.
    pub(super) fn bytes(&self) -> u64 {
        (ALL / self.0.0.load(Ordering::Relaxed).max(1)).clamp(LEAST, MOST)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_have_less_each() {
        let shares = Shares::default();
        let one = shares.enter();
        assert_eq!(one.bytes(), MOST);
        let others: Vec<Share<'_>> = (0..1_023).map(|_| shares.enter()).collect();
        assert_eq!(one.bytes() * 1_024, ALL);
        drop(others);
        assert_eq!(one.bytes(), MOST);
    }
}
