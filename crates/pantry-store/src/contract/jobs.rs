//! Jobs as they were written down, and the list of them.

use std::time::Duration;

use pantry_model::{Job, JobId, Order, Principal, Target, Timestamp};

use super::Database;
use super::samples::{add_job, app, job, machine, only, open_app, scope, send};
use crate::{Change, Kind, Store, StoreError};

/// Every field, and the payload.
pub async fn come_back_as_they_were_written(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = Job {
        id: JobId::new(Timestamp(1_700_000_000_000), u32::MAX),
        application: app("shop"),
        actor: Principal::Machine(machine("shop", "web1")),
        target: Target {
            environment: Some("prod".parse().unwrap()),
            roles: vec!["a::b".parse().unwrap(), "web".parse().unwrap()],
            identities: vec!["web*".to_owned().try_into().unwrap()],
            search: Some("role:web AND NOT tags:\"é '*\"".to_owned()),
        },
        order: Order {
            command: "exec".to_owned(),
            arguments: serde_json::json!({"z": [1, -2, null, true, "é\u{0}\n"], "a": {}}),
            timeout: Duration::from_millis(u64::from(u32::MAX) * 1_000),
        },
        created_at: Timestamp(-5),
        expires_at: Timestamp(1 << 50),
    };
    let payload: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let change =
        Change::AddJob { job: Box::new(job.clone()), payload: payload.clone(), deliveries: vec![] };
    store.commit(only(change)).await.unwrap();
    assert_eq!(store.job(job.id).await.unwrap().as_ref(), Some(&job));
    assert!(store.job_payload(job.id).await.unwrap() == payload);
    assert_eq!(store.jobs(None, 1).await.unwrap()[0].job, job);
}

/// Neither is an error.
pub async fn that_are_not_there_are_none(database: &impl Database) {
    let store = database.open().await;
    let id = job("shop", 1).id;
    assert_eq!(store.job(id).await.unwrap(), None);
    assert_eq!(store.job_payload(id).await.unwrap(), b"");
    assert_eq!(store.deliveries(id).await.unwrap(), []);
    assert_eq!(store.jobs(None, 9).await.unwrap(), []);
    assert_eq!(store.jobs(Some(&app("shop")), 9).await.unwrap(), []);
}

/// By id, whatever order they were written in; of one application, or of all.
pub async fn are_listed_newest_first(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "shop2"] {
        open_app(&store, name).await;
    }
    for (name, at) in [("shop", 3), ("shop2", 2), ("shop", 1), ("shop", 5), ("shop2", 4)] {
        send(&store, name, at, &["web1"]).await;
    }
    let shop = app("shop");
    for (of, limit, expected) in [
        (None, 9, &[5, 4, 3, 2, 1][..]),
        (None, 2, &[5, 4]),
        (Some(&shop), 9, &[5, 3, 1]),
        (Some(&shop), 2, &[5, 3]),
        (Some(&shop), 0, &[]),
    ] {
        let jobs = store.jobs(of, limit).await.unwrap();
        let times: Vec<i64> = jobs.iter().map(|one| one.job.created_at.0).collect();
        assert_eq!(times, expected);
    }
}

/// States in which none is are absent.
pub async fn count_their_deliveries_by_state(database: &impl Database) {
    use super::deliveries::step;
    use pantry_model::DeliveryState::{Queued, Sent, TimedOut};

    let store = database.open().await;
    open_app(&store, "shop").await;
    let three = send(&store, "shop", 1, &["a", "b", "c"]).await;
    send(&store, "shop", 2, &[]).await;
    let steps = vec![step(&three, "a", Queued, Sent, 3), step(&three, "b", Queued, TimedOut, 3)];
    assert_eq!(store.advance(steps).await.unwrap(), [true, true]);

    let jobs = store.jobs(None, 9).await.unwrap();
    assert!(jobs[0].states.is_empty());
    let counts: Vec<(&str, u64)> =
        jobs[1].states.iter().map(|(state, &count)| (state.as_str(), count)).collect();
    assert_eq!(counts, [("queued", 1), ("sent", 1), ("timed-out", 1)]);
}

/// An id that is taken, in any application, says that it has appeared meanwhile.
pub async fn have_ids_of_their_own(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let first = send(&store, "shop", 1, &["a"]).await;
    let outcome = store.commit(add_job(&job("shop2", 1), &["b"])).await;
    let (kind, name) = (Kind::Job, first.id.to_string());
    assert_eq!(outcome, Err(StoreError::Moved { scope: scope("shop2"), kind, name }));
    assert_eq!(store.job(first.id).await.unwrap(), Some(first));
}
