//! Deliveries: which are open, whose time is over, and how they move on.

use std::collections::BTreeMap;

use pantry_model::DeliveryState::{
    Accepted, Cancelled, Failed, Interrupted, Queued, Running, Sent, Succeeded,
};
use pantry_model::{Delivery, DeliveryState, Ending, Incarnation, Job, Timestamp};

use super::Database;
use super::samples::{
    TIME_TO_LIVE, TIMEOUT, app, delete_app, identity, job, machine, only, open_app, send,
};
use crate::{Advance, Change, OpenDelivery, Store};

/// A step of a delivery that says nothing but the states.
pub(super) fn step(
    job: &Job,
    name: &str,
    from: DeliveryState,
    to: DeliveryState,
    at: i64,
) -> Advance {
    let machine = machine(job.application.as_str(), name);
    let at = Timestamp(at);
    Advance { machine, job: job.id, from, to, at, incarnation: None, ending: None }
}

/// Writes down a job made at this time with a delivery in each of these states, called after it.
async fn in_states(store: &impl Store, at: i64, states: &[DeliveryState]) -> Job {
    let job = job("shop", at);
    let deliveries = states
        .iter()
        .map(|&state| Delivery {
            state,
            ..Delivery::new(identity(state.as_str()), None, Timestamp(at))
        })
        .collect();
    let change = Change::AddJob { job: Box::new(job.clone()), payload: vec![], deliveries };
    store.commit(only(change)).await.unwrap();
    job
}

/// Who is overdue at this time: identity and the time the job was made.
async fn overdue(store: &impl Store, now: i64, limit: u32) -> Vec<(String, i64)> {
    let found = store.overdue_deliveries(Timestamp(now), limit).await.unwrap();
    let brief = |(machine, open): (pantry_model::MachineId, OpenDelivery)| {
        assert_eq!(machine.application, open.job.application);
        assert_eq!(machine.identity, open.delivery.identity);
        (machine.identity.to_string(), open.job.created_at.0)
    };
    found.into_iter().map(brief).collect()
}

/// In byte order, each as it was written.
pub async fn are_listed_by_identity(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let sent = Delivery::new(identity("a"), Some(Incarnation(u64::MAX)), Timestamp(3));
    let ended = Delivery {
        state: Failed,
        started_at: Some(Timestamp(4)),
        ending: Ending {
            exit_code: Some(-1),
            signal: Some(9),
            reason: Some("nö".to_owned()),
            output_bytes: u64::MAX,
            output_chunks: 3,
        },
        ..Delivery::new(identity("B"), Some(Incarnation(0)), Timestamp(5))
    };
    let queued = Delivery::new(identity("a.b"), None, Timestamp(6));
    let job = job("shop", 1);
    let deliveries = vec![queued.clone(), sent.clone(), ended.clone()];
    let change = Change::AddJob { job: Box::new(job.clone()), payload: vec![], deliveries };
    store.commit(only(change)).await.unwrap();
    assert_eq!(store.deliveries(job.id).await.unwrap(), [ended, sent, queued]);
}

/// As they are listed.
pub async fn are_found_by_job_and_identity(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let first = send(&store, "shop", 1, &["a", "b"]).await;
    let second = send(&store, "shop", 2, &["a"]).await;
    store.advance(vec![step(&second, "a", Queued, Accepted, 3)]).await.unwrap();
    for job in [&first, &second] {
        for listed in store.deliveries(job.id).await.unwrap() {
            let found = store.delivery(job.id, &listed.identity).await.unwrap();
            assert_eq!(found, Some(listed));
        }
    }
    assert_eq!(store.delivery(second.id, &identity("b")).await.unwrap(), None);
    assert_eq!(store.delivery(job("shop", 9).id, &identity("a")).await.unwrap(), None);
}

/// The oldest job first, each with its job.
pub async fn are_open_until_they_are_final(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    for state in DeliveryState::ALL {
        let web1 = machine("shop", "web1");
        for at in [3, 1, 2] {
            let job = send(&store, "shop", at, &["web1", "web2"]).await;
            let steps = vec![step(&job, "web1", Queued, if at == 2 { state } else { Sent }, 20)];
            store.advance(steps).await.unwrap();
        }
        let open = store.open_deliveries(&web1).await.unwrap();
        let times: Vec<i64> = open.iter().map(|one| one.job.created_at.0).collect();
        assert_eq!(times, if state.is_final() { &[1, 3][..] } else { &[1, 2, 3] }, "{state:?}");
        assert_eq!(open[0].job, job("shop", 1));
        assert_eq!(open[0].delivery, store.deliveries(open[0].job.id).await.unwrap()[0]);

        store.commit(delete_app("shop")).await.unwrap();
        open_app(&store, "shop").await;
    }
}

/// The same identity of another application is another machine.
pub async fn of_other_machines_stay_out_of_sight(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    send(&store, "shop", 1, &["web1", "web10"]).await;
    send(&store, "shop2", 2, &["web1"]).await;
    let open = store.open_deliveries(&machine("shop", "web1")).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].job.created_at, Timestamp(1));
    assert_eq!(store.open_deliveries(&machine("shop", "db1")).await.unwrap(), []);
    assert_eq!(store.open_deliveries(&machine("gone", "web1")).await.unwrap(), []);
}

/// By application; one without any is absent.
pub async fn are_counted_while_they_are_open(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "shop2", "empty"] {
        open_app(&store, name).await;
    }
    assert_eq!(store.open_delivery_counts().await.unwrap(), BTreeMap::new());
    let job = send(&store, "shop", 1, &["a", "b", "c"]).await;
    let last = send(&store, "shop2", 2, &["a"]).await;
    store.advance(vec![step(&job, "a", Queued, Cancelled, 3)]).await.unwrap();
    let counts = store.open_delivery_counts().await.unwrap();
    assert_eq!(counts, [(app("shop"), 2), (app("shop2"), 1)].into());
    store.advance(vec![step(&last, "a", Queued, Succeeded, 3)]).await.unwrap();
    assert_eq!(store.open_delivery_counts().await.unwrap(), [(app("shop"), 2)].into());
}

/// What no client is known to have, at the end of the time to live, to the millisecond; what a
/// client has, a timeout later; what is final, never.
pub async fn are_overdue_by_their_state(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    in_states(&store, 0, &DeliveryState::ALL).await;
    let mut found = Vec::new();
    for now in [TIME_TO_LIVE - 1, TIME_TO_LIVE, TIME_TO_LIVE + TIMEOUT - 1, TIME_TO_LIVE + TIMEOUT]
    {
        let mut names: Vec<String> =
            overdue(&store, now, 99).await.into_iter().map(|(name, _)| name).collect();
        names.sort();
        found.push(names.join(" "));
    }
    assert_eq!(found, ["", "queued sent", "queued sent", "accepted queued running sent"]);
    assert_eq!(overdue(&store, i64::MAX, 99).await.len(), 4);
}

/// And no more than were asked for.
pub async fn are_overdue_longest_first(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    in_states(&store, 200, &[Queued]).await;
    in_states(&store, 0, &[Running]).await;
    in_states(&store, 100, &[Sent]).await;
    let all = [("sent".to_owned(), 100), ("queued".to_owned(), 200), ("running".to_owned(), 0)];
    assert_eq!(overdue(&store, 9_999, 99).await, all);
    assert_eq!(overdue(&store, 9_999, 2).await, all[..2]);
    assert_eq!(overdue(&store, 9_999, 0).await, []);
}

/// Each step changes by when it must be over.
pub async fn become_due_later_when_a_client_has_them(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 0, &["web1"]).await;
    let (early, late) = (TIME_TO_LIVE, TIME_TO_LIVE + TIMEOUT);
    for (from, to, at_first, at_last) in [
        (Queued, Sent, 1, 1),
        (Sent, Accepted, 0, 1),
        (Accepted, Running, 0, 1),
        (Running, Interrupted, 0, 0),
        (Interrupted, Succeeded, 0, 0),
    ] {
        assert_eq!(store.advance(vec![step(&job, "web1", from, to, 5)]).await.unwrap(), [true]);
        assert_eq!(overdue(&store, early, 9).await.len(), at_first, "{to:?}");
        assert_eq!(overdue(&store, late, 9).await.len(), at_last, "{to:?}");
    }
}

/// One that is not is left as it is, and the others go on.
pub async fn advance_only_from_the_state_they_are_in(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a", "b"]).await;
    let steps = vec![
        step(&job, "a", Sent, Accepted, 2),
        step(&job, "a", Queued, Sent, 3),
        step(&job, "a", Queued, Cancelled, 4),
        step(&job, "a", Sent, Running, 5),
        step(&job, "b", Running, Failed, 6),
        step(&job, "c", Queued, Sent, 7),
        step(&super::samples::job("shop", 99), "a", Queued, Sent, 8),
    ];
    let done = store.advance(steps).await.unwrap();
    assert_eq!(done, [false, true, false, true, false, false, false]);
    let deliveries = store.deliveries(job.id).await.unwrap();
    assert_eq!((deliveries[0].state, deliveries[0].changed_at), (Running, Timestamp(5)));
    assert_eq!(deliveries[1], Delivery::new(identity("b"), None, Timestamp(1)));
    assert!(store.advance(vec![]).await.unwrap().is_empty());
}

/// Its incarnation, its start and its ending.
pub async fn keep_what_a_step_does_not_say(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a"]).await;
    let (incarnation, ending) = (Incarnation(1 << 63), Ending::because("the client is away"));
    let steps = vec![
        Advance { incarnation: Some(incarnation), ..step(&job, "a", Queued, Sent, 2) },
        step(&job, "a", Sent, Running, 3),
        Advance { ending: Some(ending.clone()), ..step(&job, "a", Running, Interrupted, 4) },
    ];
    assert_eq!(store.advance(steps).await.unwrap(), [true; 3]);
    let expected = Delivery {
        identity: identity("a"),
        state: Interrupted,
        incarnation: Some(incarnation),
        changed_at: Timestamp(4),
        started_at: Some(Timestamp(3)),
        ending,
    };
    assert_eq!(store.deliveries(job.id).await.unwrap(), std::slice::from_ref(&expected));

    let ending = Ending { exit_code: Some(0), ..Ending::default() };
    let last = Advance { ending: Some(ending.clone()), ..step(&job, "a", Interrupted, Failed, 5) };
    assert_eq!(store.advance(vec![last]).await.unwrap(), [true]);
    let corrected = Delivery { state: Failed, changed_at: Timestamp(5), ending, ..expected };
    assert_eq!(store.deliveries(job.id).await.unwrap(), [corrected]);
}

/// A machine of the same name of another application has no say.
pub async fn advance_for_their_own_machine_only(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let job = send(&store, "shop", 1, &["web1"]).await;
    let forged =
        Advance { machine: machine("shop2", "web1"), ..step(&job, "web1", Queued, Succeeded, 2) };
    assert_eq!(store.advance(vec![forged]).await.unwrap(), [false]);
    assert_eq!(store.deliveries(job.id).await.unwrap()[0].state, Queued);
}
