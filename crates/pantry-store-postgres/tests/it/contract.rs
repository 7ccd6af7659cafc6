//! The contract suite, on a database of its own for each case.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use pantry_store::contract::Database;
use pantry_store_postgres::PostgresStore;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Fresh(String);

impl Fresh {
    pub(crate) fn new() -> Self {
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let made =
            Command::new("createdb").args(["-h", "/tmp/pgm", "-U", "pantry", &name]).status();
        assert!(made.unwrap().success());
        Self(name)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        Command::new("dropdb")
            .args(["-h", "/tmp/pgm", "-U", "pantry", "-f", &self.0])
            .status()
            .unwrap();
    }
}

impl Database for Fresh {
    type Store = PostgresStore;

    async fn open(&self) -> PostgresStore {
        let config = format!("host=/tmp/pgm user=pantry dbname={}", self.0).parse().unwrap();
        PostgresStore::open(config, 16).await.unwrap()
    }
}

pantry_store::contract_tests!(crate::contract::Fresh::new());
