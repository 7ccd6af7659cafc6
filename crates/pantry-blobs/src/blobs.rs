//! The trait that every backend implements.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::{Sha256, Timestamp};

use crate::error::BlobError;
use crate::reading::Reading;
use crate::spool::{Received, Spool};

/// A result of where contents are kept.
type Result<T> = std::result::Result<T, BlobError>;

/// Where contents are kept. Every method may be called at any time by any number of tasks, and by
/// several servers at once.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Where a new content is streamed to.
    fn spool(&self) -> Spool;

    /// Keeps what was received under its SHA-256, unless that is there. It is on disk when this
    /// returns. The same can be put again.
    async fn put(&self, received: &Received) -> Result<()>;

    /// A content, or these of its bytes, which must be within it; `None` if it is not there.
    async fn get(&self, of: &Sha256, bytes: Range<u64>) -> Result<Option<Reading>>;

    /// How long a content is, in bytes; `None` if it is not there.
    async fn size(&self, of: &Sha256) -> Result<Option<u64>>;

    /// Deletes a content, if it is there.
    async fn delete(&self, of: &Sha256) -> Result<()>;

    /// Contents that are there, in their order, after this one.
    async fn list(&self, after: Option<Sha256>, limit: usize) -> Result<Vec<Kept>>;

    /// A URL at which a content can be read without this server, by whoever has it, for this long
    /// and whatever becomes of the content's owners; `None` if there is no such thing here.
    async fn link(&self, of: &Sha256, lifetime: Duration) -> Result<Option<String>>;

    /// Whether contents can be had now.
    async fn answers(&self) -> Result<()>;
}

/// A content that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is kept under.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub size: u64,
    /// When it was put there, by the clock of whatever keeps it.
    pub since: Timestamp,
}
