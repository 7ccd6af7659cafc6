//! Opening a database as a store, or only looking whether that could be done.

use std::sync::Arc;

use pantry_store::StoreError;

use crate::config::Config;
use crate::connect::{ConnectError, Connector};
use crate::error::Error;
use crate::migrations;
use crate::pool::Pool;
use crate::tls::TlsFilesError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file that the URL names is of no use.
    #[error(transparent)]
    Files(#[from] TlsFilesError),
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is at a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The version of PostgreSQL, as it says it.
    pub version: String,
    /// The number of the schema; `None` where there is none yet.
    pub schema: Option<u32>,
}

/// Connects, and brings the schema to the newest that this program knows. Also gives what makes
/// further connections, beside those of the pool.
pub(crate) async fn open(config: &Config) -> Result<(Pool, Arc<Connector>), OpenError> {
    let connector = Arc::new(Connector::new(config)?);
    let pool = Pool::new(Arc::clone(&connector), config.pool())?;
    let migrated = async {
        let mut connection = pool.get().await?;
        let migrated = migrations::migrate(connection.client()?).await;
        connection.give_up();
        migrated
    };
    match migrated.await {
        Ok(()) => Ok((pool, connector)),
        Err(Error::Connect(error)) => Err(error.into()),
        Err(error) => Err(pool.seen(error).into()),
    }
}

/// Connects, looks, and changes nothing. A schema that is newer than this program is an error, as
/// it would be for [`crate::PostgresStore::open`].
pub async fn look(config: &Config) -> Result<Reached, OpenError> {
    let pool = Pool::new(Arc::new(Connector::new(config)?), 1)?;
    let looked = async {
        let connection = pool.get().await?;
        let client = connection.client()?;
        let version = client.query_one("SHOW server_version", &[]).await?.try_get(0)?;
        Ok(Reached { version, schema: migrations::look(client).await? })
    };
    match looked.await {
        Ok(reached) => Ok(reached),
        Err(Error::Connect(error)) => Err(error.into()),
        Err(error) => Err(pool.seen(error).into()),
    }
}
