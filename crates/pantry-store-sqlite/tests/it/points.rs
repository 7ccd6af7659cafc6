//! Reads that are done on the caller's thread: many at once, and without keeping it for themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pantry_store::{Kind, Scope, Store};
use pantry_store_sqlite::SqliteStore;

use crate::child::create;

/// On a runtime of one thread.
#[tokio::test]
async fn a_task_that_only_reads_lets_others_run() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let ran = Arc::new(AtomicBool::new(false));
    let other = Arc::clone(&ran);
    tokio::spawn(async move { other.store(true, Ordering::Relaxed) });
    for _ in 0..10_000 {
        store.document(&Scope::Global, Kind::User, "ada").await.unwrap();
        if ran.load(Ordering::Relaxed) {
            return;
        }
    }
    panic!("nobody else ran");
}

/// More threads than there are connections for them, so that some reads go another way.
#[tokio::test(flavor = "multi_thread", worker_threads = 24)]
async fn more_readers_than_connections_all_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
    store.commit(create("ada", 5_000)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..48 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for _ in 0..100 {
                let found = store.document(&Scope::Global, Kind::User, "ada").await.unwrap();
                assert_eq!(found.unwrap().body.len(), 5_000);
            }
        });
    }
    assert_eq!(tasks.join_all().await.len(), 48);
}
