//! Who builds a server's indexes, and what is known of it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pantry_model::commands::reindex::{IndexProgress, Reindexing};
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{Index, Scope, StoreError};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::build::{Built, build, of_all, of_scope, progress};
use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_error;

/// How often is looked whether there is anything to tidy up.
const TIDY: Duration = Duration::from_secs(30);

/// What is being built, and what is to be.
#[derive(Debug, Default)]
pub struct Indexer {
    state: Mutex<State>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// What was not begun yet.
    waiting: BTreeSet<Index>,
    /// What can be said of all of it.
    shown: Reindexing,
}

impl Indexer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has these built as well. Of what was done before nothing is shown any more.
    fn begin(&self, indexes: Vec<Index>) {
        let mut state = self.state();
        if !state.shown.is_at_work {
            state.shown = Reindexing::default();
        }
        for index in indexes {
            if !state.waiting.contains(&index) {
                state.shown.indexes.push(progress(&index, Built::default(), false));
                state.waiting.insert(index);
            }
        }
        state.shown.is_at_work = !state.waiting.is_empty();
        self.asked.notify_one();
    }

    /// Says what came of building all.
    fn end(&self, built: &Result<(), StoreError>) {
        let mut state = self.state();
        state.shown.is_at_work = !state.waiting.is_empty();
        state.shown.error = built.as_ref().err().map(ToString::to_string);
    }

    fn note(&self, index: &Index, built: Built, is_built: bool) {
        let now = progress(index, built, is_built);
        let is_it =
            |one: &&mut IndexProgress| one.application == now.application && one.index == now.index;
        if let Some(line) = self.state().shown.indexes.iter_mut().find(is_it) {
            *line = now;
        }
    }

    /// Builds all that waits.
    async fn build_all(&self, usecases: &UseCases) -> Result<(), StoreError> {
        loop {
            let Some(index) = self.state().waiting.first().cloned() else { return Ok(()) };
            let note = |built| self.note(&index, built, false);
            let built = build(usecases.store.as_ref(), &index, note).await?;
            tracing::info!(%index, objects = built.of, "the index was built");
            self.note(&index, built, true);
            self.state().waiting.remove(&index);
        }
    }
}

impl UseCases {
    /// Keeps the indexes for ever: builds what an older version has left, or a server that died, then
    /// what is asked for, and tidies up after it and after what was deleted.
    pub async fn keep_indexes(&self) {
        let indexer = &self.indexer;
        let left = async {
            let states = self.store.indexes().await?;
            let old = states.into_iter().filter(|state| !state.is_current());
            Ok::<_, StoreError>(old.map(|state| state.index).collect::<Vec<_>>())
        };
        match left.await {
            Ok(left) if left.is_empty() => {}
            Ok(left) => {
                tracing::info!(indexes = left.len(), "indexes are built anew");
                indexer.begin(left);
            }
            Err(error) => tracing::warn!(%error, "the indexes cannot be looked at"),
        }
        loop {
            let built = indexer.build_all(self).await;
            indexer.end(&built);
            match (built, self.tidy().await) {
                (Ok(()), Ok(())) => {}
                // A store that is being moved is not written, and what waits is built elsewhere.
                (Err(StoreError::ReadOnly(_)), _) | (_, Err(StoreError::ReadOnly(_))) => {}
                (Err(error), _) => tracing::warn!(%error, "an index cannot be built now"),
                (_, Err(error)) => tracing::warn!(%error, "old indexes cannot be deleted now"),
            }
            // Whether somebody asked or not, there may be something to do.
            let _ = timeout(TIDY, indexer.asked.notified()).await;
        }
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        // A few rows at a time, between which others write.
        while self.store.tidy_indexes().await? {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Has the indexes built anew: an application's, or all. It goes on by itself.
    pub async fn reindex(
        &self,
        actor: &Principal,
        application: Option<&ApplicationName>,
    ) -> Result<Reindexing, Error> {
        self.authorize(actor, &Action::Reindex).await?;
        if self.indexer.state().shown.is_at_work {
            let text = "indexes are being built already; `--status` says how far that is";
            return Err(Error::Invalid(text.to_owned()));
        }
        let store = self.store.as_ref();
        let indexes = match application {
            Some(name) => {
                self.application(name).await?;
                of_scope(store, &Scope::Application(name.clone())).await
            }
            None => of_all(store).await,
        };
        self.indexer.begin(indexes.map_err(to_error)?);
        tracing::info!(%actor, "indexes are to be built anew");
        Ok(self.indexer.state().shown.clone())
    }

    /// How far that is.
    pub async fn reindexing(&self, actor: &Principal) -> Result<Reindexing, Error> {
        self.authorize(actor, &Action::Reindex).await?;
        Ok(self.indexer.state().shown.clone())
    }
}
