//! Where the server keeps file contents, on the backend that its configuration names. Nothing above
//! knows which it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_blobs::{Blobs, Bucket, BucketConfig, Directory, Keys};
use pantry_model::{Clock, Timestamp};
use pantry_store::Store;
use pantry_usecases::{Files, Links, first_start};

use super::StartError;
use crate::chance;
use crate::config::blobs::{BlobsConfig, BlobsUrl};
use crate::environment::Aws;
use crate::errors::CliError;

/// Opens it, with how links to what is in it are made.
pub(super) async fn open(
    config: &BlobsConfig,
    data_dir: &Path,
    aws: &Aws,
    store: &dyn Store,
    clock: &dyn Clock,
) -> Result<Files, CliError> {
    let blobs: Arc<dyn Blobs> = match &config.url {
        BlobsUrl::Directory(path) => {
            let directory = directory(path.as_deref(), data_dir);
            Arc::new(Directory::open(&directory, clock.now()).map_err(StartError::from)?)
        }
        BlobsUrl::Bucket(..) => {
            let bucket = open_bucket(config, data_dir, aws, clock.now())?;
            // It may come back: until then, what needs it is told to come again.
            if let Err(error) = bucket.answers().await {
                tracing::error!(%error, "files cannot be kept or had now");
            }
            Arc::new(bucket)
        }
    };
    let key = first_start::link_key(store, clock, chance::secret).await;
    let mut links = Links::new(key.map_err(StartError::from)?);
    links.read_for = config.read_links_for;
    links.upload_for = config.upload_links_for;
    links.are_direct = config.direct_links;
    Ok(Files { blobs, links })
}

/// What can be said of it, without changing anything that is kept.
pub(super) async fn check(
    config: &BlobsConfig,
    data_dir: &Path,
    aws: &Aws,
    clock: &dyn Clock,
) -> Result<String, CliError> {
    match &config.url {
        BlobsUrl::Directory(path) => {
            let directory = directory(path.as_deref(), data_dir);
            let is = if directory.is_dir() { "is there" } else { "will be made" };
            Ok(format!("The directory for files, {}, {is}", directory.display()))
        }
        BlobsUrl::Bucket(..) => {
            let bucket = bucket_config(config, aws)?;
            let aside = tempfile::tempdir().map_err(|source| CliError::File {
                action: "made",
                path: "a temporary directory".into(),
                source,
            })?;
            let opened = Bucket::open(&bucket, aside.path(), clock.now());
            let opened = opened.map_err(StartError::from)?;
            opened.answers().await.map_err(StartError::from)?;
            Ok(format!("The bucket for files, {bucket}, answers"))
        }
    }
}

fn directory(configured: Option<&Path>, data_dir: &Path) -> PathBuf {
    data_dir.join(configured.unwrap_or(Path::new("blobs")))
}

fn open_bucket(
    config: &BlobsConfig,
    data_dir: &Path,
    aws: &Aws,
    now: Timestamp,
) -> Result<Bucket, CliError> {
    let bucket = bucket_config(config, aws)?;
    let opened = Bucket::open(&bucket, &data_dir.join("incoming"), now);
    Ok(opened.map_err(StartError::from)?)
}

/// What the configuration says of the bucket, and the environment where it does not.
fn bucket_config(config: &BlobsConfig, aws: &Aws) -> Result<BucketConfig, CliError> {
    let BlobsUrl::Bucket(bucket, prefix) = &config.url else {
        return Err(CliError::Nonsense("a directory was to be a bucket".to_owned()));
    };
    let own = config.access_key_id.clone().zip(config.secret_access_key.clone());
    let (access_key_id, secret_access_key, session_token) = match own {
        Some((id, key)) => (id, key, None),
        None => {
            let (id, key) = aws
                .access_key_id
                .clone()
                .zip(aws.secret_access_key.clone())
                .ok_or(StartError::NoKeys)?;
            (id, key, aws.session_token.as_ref())
        }
    };
    Ok(BucketConfig {
        bucket: bucket.clone(),
        prefix: prefix.clone(),
        endpoint: config.endpoint.clone().or_else(|| aws.endpoint.clone()),
        region: config.region.clone().or_else(|| aws.region.clone()),
        allow_http: config.allow_http,
        keys: Keys {
            access_key_id,
            secret_access_key: secret_access_key.expose_text().to_owned(),
            session_token: session_token.map(|token| token.expose_text().to_owned()),
        },
    })
}
