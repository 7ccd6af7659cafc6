//! Tells whoever watches a job what happens to it, at no cost to jobs that nobody watches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantry_model::{Chunk, Delivery, Identity, JobId};
use tokio::sync::broadcast;

/// How many changes a watcher may lag behind before it reads the job anew from the store.
const BACKLOG: usize = 1024;

/// Something that happened to a job.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A delivery has come to another state.
    Delivery(Delivery),
    /// A machine with an open delivery came or went.
    Presence(Identity),
    /// Output was stored.
    Output {
        /// Whose.
        identity: Identity,
        /// The chunks, in order.
        chunks: Arc<Vec<Chunk>>,
    },
}

/// The jobs that are being watched.
#[derive(Default)]
pub(crate) struct Changes {
    watched: Mutex<HashMap<JobId, broadcast::Sender<Change>>>,
}

impl Changes {
    /// From now on, everything that happens to the job.
    pub(crate) fn subscribe(&self, job: JobId) -> broadcast::Receiver<Change> {
        self.lock().entry(job).or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe()
    }

    /// Something happened to the job.
    pub(crate) fn publish(&self, job: JobId, change: Change) {
        let mut watched = self.lock();
        if let Some(sender) = watched.get(&job)
            && sender.send(change).is_err()
        {
            watched.remove(&job);
        }
    }

    /// Forgets the job if nobody watches it any more.
    pub(crate) fn release(&self, job: JobId) {
        let mut watched = self.lock();
        if watched.get(&job).is_some_and(|sender| sender.receiver_count() == 0) {
            watched.remove(&job);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, broadcast::Sender<Change>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
