//! From one backend to the other and back, and who else is there.

use std::time::Duration;

use pantry_store::contract::{Database, transfer as cases};
use pantry_store::transfer::Transfer as _;
use pantry_store_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use crate::contract::Fresh;

/// A directory that nobody has used yet.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Database for Folder {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path()).unwrap()
    }
}

macro_rules! both_ways {
    ($($case:ident,)*) => {
        $(
            mod $case {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn from_sqlite() {
                    cases::$case(&Folder::new(), &Fresh::new()).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn to_sqlite() {
                    cases::$case(&Fresh::new(), &Folder::new()).await;
                }
            }
        )*
    };
}

both_ways! {
    everything_arrives,
    many_arrive,
    a_changed_source_is_followed,
    what_was_tampered_with_is_found,
    only_an_empty_store_is_filled,
}

/// Those that use the database, however many connections each has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_servers_are_counted() {
    let database = Fresh::new();
    let store = database.open().await;
    let until = async |others: u64| {
        let mut looks = interval(Duration::from_millis(10));
        let seen = async {
            while store.others().await.unwrap() != others {
                looks.tick().await;
            }
        };
        timeout(Duration::from_secs(10), seen).await.unwrap_or_else(|_| panic!("never {others}"));
    };
    until(0).await;
    let second = database.open().await;
    until(1).await;
    let third = database.open().await;
    until(2).await;
    drop(second);
    until(1).await;
    drop(third);
    until(0).await;
}
