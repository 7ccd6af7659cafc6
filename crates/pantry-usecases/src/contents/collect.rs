//! Deleting contents that nothing holds any more.
//!
//! Three steps, so that a server that is killed between them, or another one beside it, does no
//! harm: the content is condemned, from when on nothing can hold it; it is deleted; and it is
//! forgotten, from when on the same bytes may come again. Whatever was left between two steps is
//! found by [`UseCases::collect_left`], and done again.

use pantry_model::{Error, Sha256};

use super::to_error;
use crate::UseCases;
use crate::fault;

/// How many contents are looked for at once.
const BATCH: u32 = 256;

/// How many contents are condemned at once. Between that and its deletion nobody can hold a content,
/// so it must not be long.
const CONDEMNED: usize = 16;

impl UseCases {
    /// Has those of these contents deleted that nothing holds, in the background: links to them have
    /// ended already. What cannot be deleted now is deleted later.
    pub fn collect(&self, released: Vec<Sha256>) {
        if released.is_empty() {
            return;
        }
        let usecases = self.clone();
        tokio::spawn(async move {
            if let Err(error) = usecases.delete_unheld(&released).await {
                tracing::warn!(%error, "contents that nothing holds are not deleted yet");
            }
        });
    }

    /// Deletes the contents that nothing holds and that are still known; answers how many they were.
    pub async fn collect_left(&self) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            let left = self.store.unheld_contents(BATCH).await.map_err(fault::to_error)?;
            // What is known and unheld can be condemned; if none of it could, others are at it.
            let done = self.delete_unheld(&left).await?;
            deleted += done;
            if done == 0 || u64::from(BATCH) > u64::try_from(left.len()).unwrap_or(u64::MAX) {
                return Ok(deleted);
            }
        }
    }

    /// Deletes those of these contents that nothing holds; answers how many they were.
    pub async fn delete_unheld(&self, contents: &[Sha256]) -> Result<u64, Error> {
        let mut deleted = 0;
        for contents in contents.chunks(CONDEMNED) {
            // One at a time: what one has deleted and forgotten may have come again, and another who
            // has condemned it before would delete that.
            let _turn = self.collecting.lock().await;
            let condemned = self.store.condemn_contents(contents).await.map_err(fault::to_error)?;
            for sha256 in &condemned {
                self.files.blobs.delete(sha256).await.map_err(to_error)?;
            }
            self.store.forget_contents(&condemned).await.map_err(fault::to_error)?;
            deleted += u64::try_from(condemned.len()).unwrap_or(u64::MAX);
        }
        Ok(deleted)
    }
}
