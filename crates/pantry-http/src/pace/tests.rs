//! Which time holds when, by a clock that the test moves.

use super::*;

const LIMITS: Limits = Limits {
    max_connections: 0,
    connections_per_address: 0,
    head_within: Duration::from_secs(1),
    body_within: Duration::from_secs(2),
    idle_for: Duration::from_secs(4),
    stalled_for: Duration::from_secs(8),
    end_within: Duration::from_secs(16),
    max_head_bytes: 0,
    max_uri_bytes: 0,
    max_json_bytes: 0,
    max_report_bytes: 0,
    max_upload_bytes: 1,
};

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

/// In how many seconds something must have happened.
fn left(pace: &Pace) -> Option<u64> {
    pace.deadline(&LIMITS).map(|(at, _)| (at - Instant::now()).as_secs())
}

#[tokio::test(start_paused = true)]
async fn each_phase_has_its_own_time() {
    let pace = Pace::new();
    assert_eq!(left(&pace), Some(1));
    pass(1).await;
    pace.read();
    assert_eq!(left(&pace), Some(0), "more of a head does not give it more time");
    pace.serving();
    assert_eq!(left(&pace), None);
    pace.served();
    pass(3).await;
    assert_eq!(left(&pace), Some(1));
    pace.wrote();
    assert_eq!(left(&pace), Some(4), "the answer was still being taken");
    pace.read();
    assert_eq!(left(&pace), Some(1), "the next head has begun");
    pace.serving();
    pace.stalled();
    pass(2).await;
    pace.stalled();
    assert_eq!(left(&pace), Some(6));
    pace.wrote();
    assert_eq!(left(&pace), None);
}

#[tokio::test(start_paused = true)]
async fn a_timer_can_be_set_to_a_later_and_to_an_earlier_time() {
    let mut timer = Timer::default();
    let start = Instant::now();
    let mut deadline = start + Duration::from_secs(2);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        polls += 1;
        let outcome = timer.poll(context, deadline);
        // The first time it wakes the task too early.
        deadline = start + Duration::from_secs(5);
        outcome
    })
    .await;
    assert_eq!((start.elapsed(), polls), (Duration::from_secs(5), 3));
    let sooner = Instant::now() + Duration::from_secs(60);
    let later = sooner + Duration::from_secs(60);
    std::future::poll_fn(|context| {
        assert!(timer.poll(context, later).is_pending());
        Poll::Ready(())
    })
    .await;
    std::future::poll_fn(|context| timer.poll(context, sooner)).await;
    assert_eq!(Instant::now(), sooner);
}
