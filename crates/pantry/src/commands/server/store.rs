//! The server's store, on the backend that its configuration names. Nothing above knows which it is.

use std::path::Path;
use std::sync::Arc;

use pantry_store::transfer::Transfer;
use pantry_store_sqlite::SqliteStore;

use super::StartError;
use crate::config::server::{StoreConfig, StoreUrl};
use crate::environment::Environment;
use crate::errors::CliError;

/// Opens it, and brings its schema to the newest that this program knows. Also says what it is
/// called, without a password.
pub(super) async fn open(
    config: &StoreConfig,
    data_dir: &Path,
    environment: &Environment,
) -> Result<(Arc<dyn Transfer>, String), CliError> {
    match &config.url {
        StoreUrl::Sqlite(path) => {
            let directory = path
                .as_ref()
                .map_or_else(|| data_dir.to_owned(), |path| environment.absolute(path));
            let store = SqliteStore::open(&directory).map_err(StartError::from)?;
            Ok((Arc::new(store), format!("sqlite:{}", directory.display())))
        }
    }
}
