//! The contract suite, on a database of its own for each case.

use pantry_store::contract::Database;
use pantry_store_postgres::{Config, PostgresStore};

/// A database that nobody has used yet.
pub(crate) struct Fresh(pub(crate) pantry_testkit::postgres::Database);

impl Fresh {
    pub(crate) fn new() -> Self {
        Self(pantry_testkit::postgres::Database::migrated().unwrap())
    }
}

impl Database for Fresh {
    type Store = PostgresStore;

    async fn open(&self) -> PostgresStore {
        let config = Config::parse(&self.0.url()).unwrap();
        PostgresStore::open(&config).await.unwrap()
    }
}

pantry_store::contract_tests!(crate::contract::Fresh::new());
