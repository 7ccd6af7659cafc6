//! How long to wait before the next attempt.

use std::time::Duration;

/// Pauses between attempts: doubled each time, and jittered so that machines which lost their
/// server together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first pause.
    pub first: Duration,
    /// The longest.
    pub most: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), most: Duration::from_secs(60) }
    }
}

impl Backoff {
    /// The pause after so many failed attempts in a row, between a half and the whole of its
    /// nominal length, as `random` says.
    pub(crate) fn pause(&self, attempts: u32, random: u32) -> Duration {
        let nominal = self.first.saturating_mul(1 << attempts.min(20)).min(self.most);
        nominal / 2 + (nominal / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

/// Randomness for one pause. Without any, everybody waits for the whole pause.
pub(crate) fn random() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(10) };
        let nominal: Vec<u64> =
            (0..6).map(|attempts| backoff.pause(attempts, u32::MAX).as_secs()).collect();
        assert_eq!(nominal, [1, 2, 4, 8, 10, 10]);
        assert_eq!(backoff.pause(0, 0), Duration::from_millis(500));
        assert_eq!(backoff.pause(u32::MAX, u32::MAX), Duration::from_secs(10));
    }
}
