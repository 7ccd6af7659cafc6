//! A store that is closed to writers: none is half in, and readers do not notice.

use std::sync::Arc;

use pantry_model::Timestamp;
use pantry_model::chef::runs::{RunDetail, RunReport, RunSource, RunStatus, RunSummary};
use pantry_store::{Kind, Scope, Store, StoreError, Write};
use pantry_usecases::Gate;
use tokio::task::JoinSet;

const WRITERS: usize = 64;

fn run() -> RunReport {
    let id = "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1".parse().unwrap();
    let (node, source) = ("web1".parse().unwrap(), RunSource::Pantry);
    let summary = RunSummary::new(id, node, source, RunStatus::Running);
    RunReport { summary, detail: RunDetail::default() }
}

fn create(name: &str) -> Write {
    let mut write = Write::new(None, Timestamp(1));
    write.create(&Scope::Global, Kind::User, name, Vec::new());
    write
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_once_it_is_closed() {
    let house = pantry_testkit::stores::open().await.unwrap();
    let gate = Arc::new(Gate::new(house.store.clone()));
    for round in 0..20 {
        let before = gate.ledger_position(&Scope::Global).await.unwrap();
        let mut writers = JoinSet::new();
        for number in 0..WRITERS {
            let gate = Arc::clone(&gate);
            writers.spawn(async move { gate.commit(create(&format!("{round}-{number}"))).await });
        }
        // Who stops waiting has the write done before the gate is closed, or not at all.
        if round % 2 == 0 {
            writers.join_next().await.unwrap().unwrap().unwrap();
        } else {
            writers.abort_all();
        }
        gate.close("it is closed".to_owned()).await;
        let closed_at = gate.ledger_position(&Scope::Global).await.unwrap();
        let outcomes = ended(writers).await;
        let closed = StoreError::ReadOnly("it is closed".to_owned());
        assert!(outcomes.iter().all(|one| one.is_ok() || one.as_ref() == Err(&closed)));
        assert_eq!(gate.commit(create("late")).await, Err(closed.clone()));
        assert_eq!(gate.advance(Vec::new()).await, Err(closed.clone()));
        assert_eq!(gate.append_output(Vec::new()).await, Err(closed.clone()));
        assert_eq!(gate.see(Vec::new()).await, Err(closed.clone()));
        assert_eq!(gate.put_run(&Scope::Global, run(), 1).await, Err(closed.clone()));
        assert_eq!(gate.log_refusals(Vec::new()).await, Err(closed));

        let after = house.store.ledger_position(&Scope::Global).await.unwrap();
        assert_eq!(after, closed_at, "round {round}");
        if round % 2 == 0 {
            let done = outcomes.iter().filter(|one| one.is_ok()).count() as u64;
            assert_eq!(after - before, done + 1, "round {round}");
        }
        gate.open().await;
    }
    gate.commit(create("late")).await.unwrap();
}

/// What came of those that were not aborted.
async fn ended(mut writers: JoinSet<Result<(), StoreError>>) -> Vec<Result<(), StoreError>> {
    let mut outcomes = Vec::new();
    while let Some(ended) = writers.join_next().await {
        outcomes.extend(ended.ok());
    }
    outcomes
}
