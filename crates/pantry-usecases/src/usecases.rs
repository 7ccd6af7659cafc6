//! What all use cases stand on: storage, time, chance, the known keys, the machines, and files.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::{ApplicationName, Clock, Error, Principal, Sha256};
use pantry_store::{Change, Document, Kind, Scope, Store, StoreError, Write};
use tokio::sync::Mutex;

use crate::callers::{Caller, KnownCache, cache};
use crate::chef_runs::Runs;
use crate::contents::{Checker, Collector};
use crate::cookbooks::Catalogues;
use crate::fault::to_error;
use crate::fleet::Fleet;
use crate::indexing::Indexer;
use crate::key_ring::KeyRing;
use crate::links::Files;
use crate::moving::Mover;
use crate::shelves::Attachments;
use crate::solving::Solver;
use crate::supermarket::Archives;
use crate::turns::Turns;
use crate::workshop::Workshop;

/// Where random numbers come from. They make names unique and are no secrets.
pub trait Random: Send + Sync {
    /// A random number.
    fn number(&self) -> u32;
}

/// Everything that can be done. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct UseCases {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) fleet: Arc<dyn Fleet>,
    pub(crate) workshop: Workshop,
    pub(crate) files: Files,
    /// Held by whoever deletes contents.
    pub(crate) collecting: Arc<Mutex<()>>,
    pub(crate) known: Arc<KnownCache>,
    pub(crate) attached: Arc<Attachments>,
    pub(crate) catalogues: Arc<Catalogues>,
    pub(crate) archives: Arc<Archives>,
    pub(crate) solver: Arc<Solver>,
    pub(crate) mover: Option<Arc<Mover>>,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) checker: Arc<Checker>,
    pub(crate) collector: Arc<Collector>,
    pub(crate) runs: Arc<Runs>,
    turns: Arc<Turns>,
}

/// How often a use case starts over because something that it had read has changed. Each round is
/// lost only if another writer won; after a few, that is one of another process.
const ROUNDS: usize = 32;

/// How often a write is tried that holds a content which is just being deleted by another server, and
/// how long is waited in between. A deletion takes some milliseconds.
const WAITS: usize = 50;
const WAIT: Duration = Duration::from_millis(20);

impl UseCases {
    /// Use cases on these.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        keys: Arc<KeyRing>,
        fleet: Arc<dyn Fleet>,
        workshop: Workshop,
        files: Files,
    ) -> Self {
        Self {
            store,
            clock,
            random,
            keys,
            fleet,
            workshop,
            files,
            collecting: Arc::default(),
            known: Arc::new(cache()),
            attached: Arc::default(),
            catalogues: Arc::default(),
            archives: Arc::default(),
            solver: Arc::default(),
            mover: None,
            indexer: Arc::default(),
            checker: Arc::default(),
            collector: Arc::default(),
            runs: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// The same, with a store that can be moved.
    pub fn with_mover(self, mover: Arc<Mover>) -> Self {
        Self { mover: Some(mover), ..self }
    }

    /// The same, with this limit to the documents of a run of Chef, in bytes.
    pub fn with_max_run_documents(self, bytes: u64) -> Self {
        Self { runs: Arc::new(Runs::new(bytes)), ..self }
    }

    /// Where keys and password hashes are computed.
    pub fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// The storage, for whoever keeps what is nobody's decision: deliveries on their way, output.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A write by this caller, now.
    pub(crate) fn write_as(&self, caller: &Caller) -> Write {
        Write::new(caller.principal().cloned(), self.clock.now())
    }

    /// A write by this principal, now.
    pub(crate) fn write_by(&self, actor: &Principal) -> Write {
        Write::new(Some(actor.clone()), self.clock.now())
    }

    /// The application's document, or the error that there is no such application.
    pub(crate) async fn application(&self, name: &ApplicationName) -> Result<Document, Error> {
        self.store
            .document(&Scope::Global, Kind::Application, name.as_str())
            .await
            .map_err(to_error)?
            .ok_or_else(|| Error::UnknownApplication(name.clone()))
    }

    /// Reads, decides and commits until nothing that was read has changed in between. `attempt`
    /// gives the write, with everything that it relied on among its `expects`.
    pub(crate) async fn decide<F, T>(&self, mut attempt: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<(Write, T), Error>>,
    {
        let mut turn = self.turns.enter().await;
        for _ in 0..ROUNDS {
            let (write, answer) = attempt().await?;
            if self.commit(write).await? == Committed::Done {
                return Ok(answer);
            }
            turn = turn.lost().await;
        }
        Err(kept_changing())
    }

    /// The same on behalf of a caller: the write also rests on what was known of the caller, who is
    /// looked at again in each round. So no permission can be withdrawn between check and write.
    pub(crate) async fn decide_as<F, T>(
        &self,
        caller: &Caller,
        mut attempt: impl FnMut(Caller) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<(Write, T), Error>>,
    {
        let mut caller = caller.clone();
        let mut turn = self.turns.enter().await;
        for _ in 0..ROUNDS {
            let (mut write, answer) = attempt(caller.clone()).await?;
            caller.answer_for(&mut write);
            if self.commit(write).await? == Committed::Done {
                return Ok(answer);
            }
            turn = turn.lost().await;
            caller = self.again(&caller).await?;
        }
        Err(kept_changing())
    }

    async fn commit(&self, mut write: Write) -> Result<Committed, Error> {
        if write.changes.is_empty() {
            return Ok(Committed::Done);
        }
        let mut tries = WAITS;
        loop {
            tries -= 1;
            // Only what may have to wait is needed again.
            let may_wait = tries > 0 && write.changes.iter().flat_map(held).next().is_some();
            let again = may_wait.then(|| write.clone());
            match (self.store.commit(write).await, again) {
                (Ok(()), _) => return Ok(Committed::Done),
                (Err(error), Some(again)) if error == StoreError::being_deleted() => {
                    // Done here it is soon done, also if whoever was at it has been killed.
                    let held: Vec<_> = again.changes.iter().flat_map(held).collect();
                    if self.delete_unheld(&held).await? == 0 {
                        tokio::time::sleep(WAIT).await;
                    }
                    write = again;
                }
                (Err(error), _) if error.is_stale() => return Ok(Committed::Stale),
                (Err(error), _) => return Err(to_error(error)),
            }
        }
    }
}

/// The contents that a change holds, one of which may just be on its way out: then it is soon gone, and
/// can come again.
fn held(change: &Change) -> impl Iterator<Item = Sha256> {
    let contents = match change {
        Change::Hold { contents, .. } => contents.as_slice(),
        _ => &[],
    };
    contents.iter().map(|content| content.sha256)
}

/// What became of a write.
#[derive(PartialEq, Eq)]
enum Committed {
    Done,
    Stale,
}

pub(crate) fn kept_changing() -> Error {
    Error::Unavailable("others kept changing what this request relies on".to_owned())
}
