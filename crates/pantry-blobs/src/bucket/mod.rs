//! Contents as objects of an S3 bucket: `PREFIX/abcd…`, by the SHA-256.
//!
//! An object is there as a whole or not at all, and several servers may use one bucket. Nothing is
//! looked for in the process's environment, or asked of the machine that it may run on: the keys are
//! handed in.

mod config;
mod errors;
mod put;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use object_store::signer::{Method, Signer as _};
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use pantry_model::{Sha256, Timestamp};

pub use self::config::{BucketConfig, Keys};
use self::errors::{failed, if_there};
use crate::blobs::{Blobs, Kept};
use crate::directory::{make_private, sweep};
use crate::error::BlobError;
use crate::reading::Reading;
use crate::spool::{Received, Spool, temporary};
use crate::workers::Workers;

/// A bucket of contents, or a part of one.
#[derive(Debug)]
pub struct Bucket {
    store: AmazonS3,
    prefix: Key,
    /// What it is called in errors.
    name: String,
    incoming: Arc<Path>,
    workers: Workers,
}

impl Bucket {
    /// A bucket, which is not asked for anything yet. What arrives is kept aside in `incoming`, from
    /// which temporary files go that were left a day before `now`.
    pub fn open(config: &BucketConfig, incoming: &Path, now: Timestamp) -> Result<Self, BlobError> {
        make_private(incoming).map_err(|error| BlobError::file("made", incoming, &error))?;
        sweep(incoming, now);
        let (store, prefix, name) = config.build()?;
        Ok(Self { store, prefix, name, incoming: incoming.into(), workers: Workers::for_files() })
    }

    fn key(&self, of: &Sha256) -> Key {
        self.prefix.clone().join(of.to_string())
    }

    fn failed(&self, action: &str) -> impl Fn(object_store::Error) -> BlobError + Send + 'static {
        let (action, name) = (action.to_owned(), self.name.clone());
        move |error| failed(&action, &name, &error)
    }
}

#[async_trait]
impl Blobs for Bucket {
    fn spool(&self) -> Spool {
        Spool::new(Arc::clone(&self.incoming), self.workers.clone())
    }

    async fn put(&self, received: &Received) -> Result<(), BlobError> {
        let content = received.content();
        if self.size(&content.sha256).await? == Some(content.size) {
            return Ok(());
        }
        put::put(&self.store, &self.workers, &self.key(&content.sha256), received).await.map_err(
            |error| match error {
                put::PutError::Store(error) => self.failed("put into")(error),
                put::PutError::File(error) => error,
            },
        )
    }

    async fn get(&self, of: &Sha256, bytes: Range<u64>) -> Result<Option<Reading>, BlobError> {
        let size = bytes.end.saturating_sub(bytes.start);
        if size == 0 {
            // A range of no bytes cannot be asked for.
            let there = self.size(of).await?;
            return Ok(there.map(|_| Reading::new(0, futures_util::stream::empty())));
        }
        let options = GetOptions { range: Some(GetRange::Bounded(bytes)), ..GetOptions::default() };
        let found = if_there(self.store.get_opts(&self.key(of), options).await);
        let Some(found) = found.map_err(self.failed("read from"))? else { return Ok(None) };
        let parts = found.into_stream().map_err(self.failed("read from"));
        Ok(Some(Reading::new(size, parts)))
    }

    async fn size(&self, of: &Sha256) -> Result<Option<u64>, BlobError> {
        let found = if_there(self.store.head(&self.key(of)).await);
        Ok(found.map_err(self.failed("looked at in"))?.map(|found| found.size))
    }

    async fn delete(&self, of: &Sha256) -> Result<(), BlobError> {
        let deleted = if_there(self.store.delete(&self.key(of)).await);
        deleted.map(drop).map_err(self.failed("deleted from"))
    }

    async fn list(&self, after: Option<Sha256>, limit: usize) -> Result<Vec<Kept>, BlobError> {
        let found = match after {
            Some(after) => self.store.list_with_offset(Some(&self.prefix), &self.key(&after)),
            None => self.store.list(Some(&self.prefix)),
        };
        let kept = found.try_filter_map(|found| std::future::ready(Ok(kept(&found))));
        kept.take(limit).try_collect().await.map_err(self.failed("listed in"))
    }

    async fn link(&self, of: &Sha256, lifetime: Duration) -> Result<Option<String>, BlobError> {
        let signed = self.store.signed_url(Method::GET, &self.key(of), lifetime).await;
        signed.map(|url| Some(url.into())).map_err(self.failed("linked to in"))
    }

    async fn answers(&self) -> Result<(), BlobError> {
        let mut found = self.store.list(Some(&self.prefix));
        found.try_next().await.map_err(self.failed("listed in"))?;
        let incoming = Arc::clone(&self.incoming);
        self.workers.run(move || temporary(&incoming).map(drop)).await
    }
}

/// The content that an object is; what is none is passed over.
fn kept(object: &ObjectMeta) -> Option<Kept> {
    let name = object.location.filename()?;
    let sha256: Sha256 = name.parse().ok()?;
    let since = Timestamp(object.last_modified.timestamp_millis());
    (sha256.to_string() == name).then_some(Kept { sha256, size: object.size, since })
}
