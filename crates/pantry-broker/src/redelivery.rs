//! When a delivery that was not answered is published again.

use std::time::Duration;

use tokio::time::Instant;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// The times at which one delivery is published again: after 2 s, and then twice as long each time
/// up to a minute. Losing a publication is rare (a queue was full, a connection was just being
/// made), and a duplicate costs the machine one look into its journal.
pub(crate) struct Schedule {
    next: Instant,
    pause: Duration,
}

impl Schedule {
    /// A schedule for what was published at this time.
    pub(crate) fn from(now: Instant) -> Self {
        Self { next: now + FIRST, pause: FIRST }
    }

    /// When it is to be published again.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// It was published again at this time.
    pub(crate) fn again(&mut self, now: Instant) {
        self.pause = (self.pause * 2).min(LONGEST);
        self.next = now + self.pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let start = Instant::now();
        let mut schedule = Schedule::from(start);
        let mut pauses = Vec::new();
        let mut at = start;
        for _ in 0..8 {
            pauses.push((schedule.next() - at).as_secs());
            at = schedule.next();
            schedule.again(at);
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
