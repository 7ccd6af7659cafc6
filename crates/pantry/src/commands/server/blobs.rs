//! Where the server keeps file contents, on the backend that its configuration names. Nothing above
//! knows which it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_blobs::{Blobs, Directory};
use pantry_model::Clock;
use pantry_store::Store;
use pantry_usecases::{Files, Links, first_start};

use super::StartError;
use crate::chance;
use crate::config::blobs::{BlobsConfig, BlobsUrl};
use crate::errors::CliError;

/// Opens it, with how links to what is in it are made.
pub(super) async fn open(
    config: &BlobsConfig,
    data_dir: &Path,
    store: &dyn Store,
    clock: &dyn Clock,
) -> Result<Files, CliError> {
    let blobs: Arc<dyn Blobs> = match &config.url {
        BlobsUrl::Directory(path) => {
            let directory = directory(path.as_deref(), data_dir);
            Arc::new(Directory::open(&directory, clock.now()).map_err(StartError::from)?)
        }
    };
    let key = first_start::link_key(store, clock, chance::secret).await;
    let mut links = Links::new(key.map_err(StartError::from)?);
    links.read_for = config.read_links_for;
    links.upload_for = config.upload_links_for;
    Ok(Files { blobs, links })
}

/// What can be said of it, without changing anything.
pub(super) fn check(config: &BlobsConfig, data_dir: &Path) -> String {
    match &config.url {
        BlobsUrl::Directory(path) => {
            let directory = directory(path.as_deref(), data_dir);
            let is = if directory.is_dir() { "is there" } else { "will be made" };
            format!("The directory for files, {}, {is}", directory.display())
        }
    }
}

fn directory(configured: Option<&Path>, data_dir: &Path) -> PathBuf {
    data_dir.join(configured.unwrap_or(Path::new("blobs")))
}
