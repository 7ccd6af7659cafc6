//! Sums of times that cannot fail.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any job.
const LONG: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// This much later than `start`, or in ten years if that is sooner.
pub(crate) fn later(start: Instant, duration: Duration) -> Instant {
    start.checked_add(duration.min(LONG)).unwrap_or(start)
}
