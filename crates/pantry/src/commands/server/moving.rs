//! What the server needs to have its store moved: the gate before it, and how another is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use pantry_model::commands::migrate_store::StoreUrl as GivenUrl;
use pantry_model::{CurvePublicKey, Error};
use pantry_store::Store;
use pantry_store::transfer::Transfer;
use pantry_usecases::{Gate, MoveError, Mover, OpenStore, Opened, Source};

use super::{StartError, store};
use crate::config::store::{StoreConfig, StoreUrl};
use crate::environment::Environment;
use crate::errors::{CliError, Described, describe};

/// Opens stores by their URLs, as `store` in `server.yml` would.
struct Stores {
    data_dir: PathBuf,
    environment: Environment,
}

#[async_trait]
impl OpenStore for Stores {
    async fn open(&self, url: &GivenUrl, password_file: Option<&str>) -> Result<Opened, Error> {
        let url = StoreUrl::try_from(url.expose_text().to_owned()).map_err(Error::Invalid)?;
        let password_file = password_file.map(PathBuf::from);
        let config = StoreConfig { url, password_file, ..StoreConfig::default() };
        if let Some((_, why)) = config.conflict() {
            return Err(Error::Invalid(format!("the password file {why}")));
        }
        let opened = store::open(&config, &self.data_dir, &self.environment).await;
        let (store, name) = opened.map_err(|error| unavailable(&error))?;
        Ok(Opened { store, name })
    }
}

/// Why a store cannot be opened, with what to do.
fn unavailable(error: &CliError) -> Error {
    let Described { message, hint, .. } = describe(error);
    Error::Unavailable(match hint {
        Some(hint) => format!("{message}: {hint}"),
        None => message,
    })
}

/// The store behind a gate, and who can move it.
pub(super) async fn stand(
    store: Arc<dyn Transfer>,
    name: String,
    server: CurvePublicKey,
    data_dir: &Path,
    environment: &Environment,
) -> Result<(Arc<dyn Store>, Arc<Mover>), CliError> {
    let gate = Arc::new(Gate::new(store.clone()));
    let source = Source { store, gate: gate.clone(), name, server: server.to_string() };
    let stores = Stores { data_dir: data_dir.to_owned(), environment: environment.clone() };
    let mover = Mover::new(source, Arc::new(stores)).await.map_err(MoveError::from);
    let mover = mover.map_err(StartError::from)?;
    Ok((gate, mover))
}
