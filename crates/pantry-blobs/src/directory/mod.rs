//! Contents as files of a directory: `ab/cd/abcd…`, by the SHA-256.
//!
//! Two levels keep the directories small, however many contents there are. A file appears under its
//! name only when all of it is on disk, so whatever has the name is whole, and a server that is
//! killed leaves at most a temporary file in `incoming`. All of it can be read by the server's user
//! alone.

mod layout;
mod list;
mod put;
mod read;

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::{Sha256, Timestamp};

use crate::blobs::{Blobs, Kept};
use crate::error::BlobError;
use crate::reading::Reading;
use crate::spool::{Aside, Received, Spool};
use crate::workers::Workers;
use layout::path_of;
pub(crate) use layout::{make_private, sweep};

/// How old a temporary file must be to be one that somebody has left. No upload takes that long.
pub(crate) const LEFT_AFTER: Duration = Duration::from_hours(24);

/// A directory of contents.
#[derive(Debug)]
pub struct Directory {
    root: Arc<Path>,
    incoming: Arc<Path>,
    workers: Workers,
}

impl Directory {
    /// Opens it; makes it if it is not there. Temporary files that were left a day before `now` go.
    pub fn open(root: &Path, now: Timestamp) -> Result<Self, BlobError> {
        let incoming = root.join("incoming");
        make_private(&incoming).map_err(|error| BlobError::file("made", &incoming, &error))?;
        sweep(&incoming, now);
        Ok(Self { root: root.into(), incoming: incoming.into(), workers: Workers::for_files() })
    }
}

#[async_trait]
impl Blobs for Directory {
    fn spool(&self) -> Spool {
        Spool::new(Arc::clone(&self.incoming), self.workers.clone())
    }

    async fn put(&self, received: &Received) -> Result<(), BlobError> {
        let path = path_of(&self.root, &received.content().sha256);
        let size = received.content().size;
        let (root, incoming) = (Arc::clone(&self.root), Arc::clone(&self.incoming));
        let from = match &received.bytes {
            Aside::Memory(bytes) => put::From::Memory(bytes.clone()),
            Aside::File(path) => put::From::File(path.to_path_buf()),
        };
        self.workers.run(move || put::put(&root, &incoming, &path, size, &from)).await
    }

    async fn get(&self, of: &Sha256, bytes: Range<u64>) -> Result<Option<Reading>, BlobError> {
        read::open(&self.workers, path_of(&self.root, of), bytes).await
    }

    async fn size(&self, of: &Sha256) -> Result<Option<u64>, BlobError> {
        let path = path_of(&self.root, of);
        self.workers
            .run(move || match fs::metadata(&path) {
                Ok(found) => Ok(Some(found.len())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(BlobError::file("looked at", &path, &error)),
            })
            .await
    }

    async fn delete(&self, of: &Sha256) -> Result<(), BlobError> {
        let path = path_of(&self.root, of);
        self.workers
            .run(move || match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(BlobError::file("deleted", &path, &error))
                }
                _ => Ok(()),
            })
            .await
    }

    async fn list(&self, after: Option<Sha256>, limit: usize) -> Result<Vec<Kept>, BlobError> {
        let root = Arc::clone(&self.root);
        self.workers.run(move || list::list(&root, after, limit)).await
    }

    async fn link(&self, _of: &Sha256, _lifetime: Duration) -> Result<Option<String>, BlobError> {
        Ok(None)
    }

    async fn answers(&self) -> Result<(), BlobError> {
        let incoming = Arc::clone(&self.incoming);
        self.workers.run(move || crate::spool::temporary(&incoming).map(drop)).await
    }
}
