//! The server's store, on the backend that its configuration names. Nothing above knows which it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_store::transfer::Transfer;
use pantry_store_postgres::{Config, PostgresStore, look};
use pantry_store_sqlite::SqliteStore;

use super::StartError;
use crate::config::store::{StoreConfig, StoreUrl};
use crate::environment::Environment;
use crate::errors::CliError;
use crate::files;

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
        StoreUrl::Postgres(url) => {
            if let Some(path) = password_file(config, environment)
                && let Some(mode) = files::readable_by_others(&path)
            {
                tracing::warn!(
                    path = %path.display(), mode,
                    "others than its owner can read the database's password"
                );
            }
            let database = postgres(url, config, environment)?;
            let store = PostgresStore::open(&database).await.map_err(StartError::from)?;
            tracing::info!(%database, connections = database.pool(), "the store is open");
            Ok((Arc::new(store), database.to_string()))
        }
    }
}

/// Whether other servers may use the same store.
pub(super) fn is_shared(config: &StoreConfig) -> bool {
    matches!(config.url, StoreUrl::Postgres(_))
}

/// Connects if there is something to connect to, changes nothing, and gives what can be said of it.
pub(super) async fn check(
    config: &StoreConfig,
    environment: &Environment,
) -> Result<Option<String>, CliError> {
    let StoreUrl::Postgres(url) = &config.url else { return Ok(None) };
    let database = postgres(url, config, environment)?;
    let reached = look(&database).await.map_err(StartError::from)?;
    let schema = match reached.schema {
        Some(number) => format!("its schema is {number}"),
        None => "it is empty, the first start makes its tables".to_owned(),
    };
    let version = reached.version;
    Ok(Some(format!("The database {database} answers: PostgreSQL {version}; {schema}")))
}

/// What the URL says, with what is said beside it.
fn postgres(
    url: &Config,
    config: &StoreConfig,
    environment: &Environment,
) -> Result<Config, CliError> {
    let database = url.clone().with_pool(config.pool);
    let Some(path) = password_file(config, environment) else { return Ok(database) };
    let failed = |source| CliError::File { action: "read", path: path.clone(), source };
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    match text.lines().next() {
        Some(password) if !password.is_empty() => Ok(database.with_password(password)),
        _ => Err(StartError::NoPassword(path).into()),
    }
}

fn password_file(config: &StoreConfig, environment: &Environment) -> Option<PathBuf> {
    config.password_file.as_deref().map(|path| environment.absolute(path))
}
