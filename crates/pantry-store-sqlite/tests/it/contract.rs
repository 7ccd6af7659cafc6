//! The contract suite, on a directory of its own for each case.

use pantry_store::contract::Database;
use pantry_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// A directory that nobody has used yet.
pub(crate) struct Fresh(TempDir);

impl Fresh {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Database for Fresh {
    type Store = SqliteStore;

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path()).unwrap()
    }
}

pantry_store::contract_tests!(crate::contract::Fresh::new());
