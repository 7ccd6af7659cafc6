//! What the server needs to have its store moved: the gate before it, and how another is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use pantry_model::CurvePublicKey;
use pantry_model::commands::migrate_store::StoreUrl as GivenUrl;
use pantry_store::Store;
use pantry_store::transfer::Transfer;
use pantry_usecases::{Gate, MoveError, Mover, OpenStore, Opened, Source};

use super::{StartError, store};
use crate::config::server::{StoreConfig, StoreUrl};
use crate::environment::Environment;
use crate::errors::CliError;

/// Opens stores by their URLs, as `store` in `server.yml` would.
struct Stores {
    data_dir: PathBuf,
    environment: Environment,
}

#[async_trait]
impl OpenStore for Stores {
    async fn open(&self, url: &GivenUrl, password_file: Option<&str>) -> Result<Opened, String> {
        let url = StoreUrl::try_from(url.expose_text().to_owned())?;
        if password_file.is_some() {
            return Err("SQLite has no password".to_owned());
        }
        let config = StoreConfig { url };
        let opened = store::open(&config, &self.data_dir, &self.environment).await;
        let (store, name) = opened.map_err(|error| error.to_string())?;
        Ok(Opened { store, name })
    }
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
