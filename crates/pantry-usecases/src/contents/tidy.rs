//! What goes by itself, once an hour: sandboxes that nobody closed, uploads that nobody made anything
//! of, files of jobs that are over, and contents that nothing holds but that could not be deleted at once. And what goes when a
//! user asks for it: contents that no object ever held, as after the store was restored from a
//! backup. Finding those takes a walk through all that is kept.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pantry_model::commands::gc::Collecting;
use pantry_model::{Error, Principal, Sha256, Timestamp};
use pantry_store::{Change, Document, Kind, Scope, StoreError, Write};
use tokio::time::sleep;

use super::walk::Walk;
use crate::UseCases;
use crate::authorize::Action;
use crate::fault;
use crate::sandboxes::SandboxRecord;

/// How often it goes by itself.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// When it is looked again for contents that somebody else was just deleting: if that one has died,
/// nobody can hold them until they are deleted.
const AGAIN: Duration = Duration::from_secs(11 * 60);

/// How old something must be, in milliseconds: a client may still need it.
const OLD: i64 = 24 * 60 * 60 * 1000;

/// How many contents are deleted at once.
const BATCH: usize = 256;

/// What can be said of a collection that a user has asked for.
#[derive(Debug, Default)]
pub(crate) struct Collector(Mutex<Collecting>);

impl Collector {
    fn state(&self) -> MutexGuard<'_, Collecting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UseCases {
    /// Deletes for ever what nobody needs any more: what a server left that died, then once an hour.
    pub async fn keep_contents(&self) {
        loop {
            let outcome = async {
                let uploads = self.end_old_uploads().await? + self.end_old_job_files().await?;
                let contents = self.collect_left().await?;
                let left = self.store.unheld_contents(1).await.map_err(fault::to_error)?;
                Ok::<_, Error>((uploads, contents, !left.is_empty()))
            };
            let outcome = outcome.await;
            match &outcome {
                Ok((0, 0, _)) => {}
                Ok((uploads, contents, _)) => {
                    tracing::info!(uploads, contents, "what nobody needs any more was deleted");
                }
                Err(error) => tracing::warn!(%error, "old contents cannot be deleted now"),
            }
            let is_done = matches!(outcome, Ok((_, _, false)));
            sleep(if is_done { PERIOD } else { AGAIN }).await;
        }
    }

    /// Has all deleted that nobody needs any more. It goes on by itself.
    pub async fn gc(&self, actor: &Principal) -> Result<Collecting, Error> {
        self.authorize(actor, &Action::Collect).await?;
        let begun = Collecting { is_at_work: true, ..Collecting::default() };
        {
            let mut state = self.collector.state();
            if state.is_at_work {
                let text = "it is under way already; `--status` says how far it is";
                return Err(Error::Invalid(text.to_owned()));
            }
            state.clone_from(&begun);
        }
        tracing::info!(%actor, "what nobody needs any more is deleted");
        let usecases = self.clone();
        tokio::spawn(async move {
            let outcome = usecases.collect_all().await;
            let mut state = usecases.collector.state();
            state.error = outcome.err().map(|error| error.to_string());
            state.is_at_work = false;
        });
        Ok(begun)
    }

    /// How far that is.
    pub async fn collecting(&self, actor: &Principal) -> Result<Collecting, Error> {
        self.authorize(actor, &Action::Collect).await?;
        Ok(self.collector.state().clone())
    }

    async fn collect_all(&self) -> Result<(), Error> {
        let uploads = self.end_old_uploads().await? + self.end_old_job_files().await?;
        self.collector.state().uploads = uploads;
        let contents = self.collect_left().await?;
        self.collector.state().contents = contents;
        self.delete_orphans().await
    }

    /// Deletes old sandboxes, and what committed ones have left if it is old or nothing any more.
    async fn end_old_uploads(&self) -> Result<u64, Error> {
        let before = Timestamp(self.clock.now().0.saturating_sub(OLD));
        let mut ended = 0;
        for scope in self.all_scopes().await? {
            for kind in [Kind::Sandbox, Kind::Upload] {
                let documents = self.store.documents(&scope, kind).await;
                for document in documents.map_err(fault::to_error)? {
                    if self.is_over(&scope, kind, &document, before).await? {
                        ended += u64::from(self.end(&scope, kind, &document).await?);
                    }
                }
            }
        }
        Ok(ended)
    }

    async fn is_over(
        &self,
        scope: &Scope,
        kind: Kind,
        document: &Document,
        before: Timestamp,
    ) -> Result<bool, Error> {
        match serde_json::from_slice::<SandboxRecord>(&document.body) {
            Ok(record) if record.since < before => return Ok(true),
            Ok(_) if kind == Kind::Upload => {}
            // A newer server may know what to make of it.
            Ok(_) | Err(_) => return Ok(false),
        }
        let held = self.store.contents_of(scope, kind, &document.name).await;
        Ok(held.map_err(fault::to_error)?.is_empty())
    }

    /// Deletes one; answers whether nobody else did.
    async fn end(&self, scope: &Scope, kind: Kind, document: &Document) -> Result<bool, Error> {
        let mut write = Write::new(None, self.clock.now());
        match kind {
            Kind::Sandbox => write.delete(scope, kind, &document.name, document.hash),
            _ => {
                write.expect(scope, kind, &document.name, Some(document.hash));
                let (scope, name) = (scope.clone(), document.name.clone());
                write.changes.push(Change::Delete { scope, kind, name });
            }
        }
        match self.store.commit(write).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_stale() => Ok(false),
            // Its application is gone.
            Err(StoreError::NoSuchApplication(_)) => Ok(false),
            Err(error) => Err(fault::to_error(error)),
        }
    }

    /// Deletes old contents that no object knows.
    async fn delete_orphans(&self) -> Result<(), Error> {
        let before = Timestamp(self.clock.now().0.saturating_sub(OLD));
        let mut held = Walk::held(self.store.as_ref());
        let mut kept = Walk::kept(self.files.blobs.as_ref());
        let (mut batch, mut bytes): (Vec<Sha256>, u64) = (Vec::new(), 0);
        loop {
            let next = kept.next().await?;
            if let Some(found) = next {
                while held.peek().await?.is_some_and(|other| other.sha256 < found.sha256) {
                    held.next().await?;
                }
                let is_held = held.peek().await?.is_some_and(|it| it.sha256 == found.sha256);
                if !is_held && found.since.is_some_and(|since| since < before) {
                    batch.push(found.sha256);
                    bytes += found.size;
                }
            }
            if batch.len() >= BATCH || next.is_none() {
                // Those that something has begun to hold meanwhile stay.
                let deleted = self.delete_unheld(&batch).await?;
                let mut state = self.collector.state();
                state.orphans += deleted;
                state.orphan_bytes += bytes;
                batch.clear();
                bytes = 0;
            }
            if next.is_none() {
                return Ok(());
            }
        }
    }
}
