//! A store for a test that may stand on any backend: [`Backend::chosen`] says which.

use std::sync::Arc;

use anyhow::Result;
use pantry_store::Store;
use pantry_store_postgres::{Config, PostgresStore};
use pantry_store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::postgres::Database;

/// How many connections a store has at most. The tests that run side by side share a server.
const CONNECTIONS: usize = 8;

/// A store, and the place where it keeps everything, which goes with this.
pub struct TestStore {
    /// The store.
    pub store: Arc<dyn Store>,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Database(Database),
}

/// Opens a store in a place that nobody has used yet.
pub async fn open() -> Result<TestStore> {
    open_on(Backend::chosen()?).await
}

/// Opens one on this backend, whichever the tests are to run on.
pub async fn open_on(backend: Backend) -> Result<TestStore> {
    let place = match backend {
        Backend::Sqlite => {
            Place::Folder(tempfile::Builder::new().prefix("pantry-store-").tempdir()?)
        }
        Backend::Postgres => Place::Database(Database::migrated()?),
    };
    Ok(TestStore { store: open_in(&place).await?, place })
}

impl TestStore {
    /// Opens the same place once more, as another server does. Only PostgreSQL allows that while
    /// the first is open.
    pub async fn again(&self) -> Result<Arc<dyn Store>> {
        open_in(&self.place).await
    }

    /// The backend.
    pub fn backend(&self) -> Backend {
        match &self.place {
            Place::Folder(_) => Backend::Sqlite,
            Place::Database(_) => Backend::Postgres,
        }
    }
}

async fn open_in(place: &Place) -> Result<Arc<dyn Store>> {
    Ok(match place {
        Place::Folder(folder) => Arc::new(SqliteStore::open(folder.path())?),
        Place::Database(database) => {
            let config = Config::parse(&database.url())?.with_pool(CONNECTIONS);
            // In a box, or every test's future would hold all that goes into a connection.
            Arc::new(Box::pin(PostgresStore::open(&config)).await?)
        }
    })
}
