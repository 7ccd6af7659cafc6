//! The catalogues that are in memory, and making one that is up to date.
//!
//! With each use the store is asked for the generation of the application's cookbooks, so what any
//! server has changed is seen by the next request on any other. If it has moved, the ledger says which
//! cookbooks have changed since, and only those are read again; all of them are if those are many, or
//! if the ledger has become long meanwhile.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use pantry_blobs::{Ended, Workers};
use pantry_model::Error;
use pantry_store::{Family, Kind, Scope, StoreError};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::VisibleCookbooks;
use super::catalogue::Catalogue;
use crate::UseCases;
use crate::fault::to_error;
use crate::shelves::Layer;

/// How much memory all catalogues may take, in bytes, about. One of 4,000 cookbooks with 32,000
/// versions takes some 15 MB.
const BYTES: u64 = 128 << 20;

/// How many there are likely to be. For so few the cache is not divided, of which no part could keep
/// what is large.
const LIKELY: usize = 32;

/// If more has been entered in a ledger since, a catalogue is read anew.
const FAR: u64 = 2000;

/// If more cookbooks have changed since, a catalogue is read anew.
const MANY: usize = 32;

/// How many may be brought up to date at once.
const TURNS: usize = 16;

/// The catalogues that are in memory; those least asked for go first.
pub(crate) struct Catalogues {
    kept: Cache<Scope, Arc<Catalogue>, Weight>,
    /// One request reads for all that wait: by the scope's hash, whose turn it is.
    turns: [Mutex<()>; TURNS],
    hasher: RandomState,
    workers: Workers,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Scope, Arc<Catalogue>> for Weight {
    fn weight(&self, _: &Scope, catalogue: &Arc<Catalogue>) -> u64 {
        u64::try_from(catalogue.size()).unwrap_or(u64::MAX).saturating_add(512)
    }
}

impl Default for Catalogues {
    fn default() -> Self {
        let turns = std::array::from_fn(|_| Mutex::default());
        Self {
            kept: Cache::with_weighter(LIKELY, BYTES, Weight),
            turns,
            hasher: RandomState::new(),
            workers: Workers::of_cores(),
        }
    }
}

impl Catalogues {
    fn turn(&self, scope: &Scope) -> &Mutex<()> {
        // The remainder is smaller than the number of turns.
        let at = usize::try_from(self.hasher.hash_one(scope) % TURNS as u64).unwrap_or_default();
        self.turns.get(at).unwrap_or(&self.turns[0])
    }

    fn get(&self, scope: &Scope, generation: (i64, u64)) -> Option<Arc<Catalogue>> {
        self.kept.get(scope).filter(|catalogue| catalogue.generation() == generation)
    }
}

impl UseCases {
    /// All cookbooks that an application uses, as they are now.
    pub async fn visible_cookbooks(&self, of: &Scope) -> Result<VisibleCookbooks, Error> {
        let layers = self.layers(of).await?;
        if let (true, Scope::Application(name)) = (layers.is_empty(), of) {
            return Err(Error::UnknownApplication(name.clone()));
        }
        let mut visible = Vec::with_capacity(layers.len());
        for Layer { scope, at } in layers {
            let found = self.up_to_date(&scope, at.of(Family::Cookbooks)).await;
            match found.map_err(to_error)? {
                Some(catalogue) => visible.push((scope, catalogue)),
                None if scope == *of => return Ok(VisibleCookbooks::default()),
                // A shelf that was deleted just now.
                None => {}
            }
        }
        Ok(VisibleCookbooks::new(visible))
    }

    /// An application's own cookbooks, as they are now. `None` if there is no such application.
    pub(crate) async fn own_cookbooks(&self, of: &Scope) -> Result<Option<Arc<Catalogue>>, Error> {
        let Some(now) = self.cookbooks_at(of).await.map_err(to_error)? else { return Ok(None) };
        self.up_to_date(of, now).await.map_err(to_error)
    }

    /// An application's catalogue at a generation, or a later one. `None` if there is no such
    /// application any more.
    async fn up_to_date(
        &self,
        scope: &Scope,
        now: (i64, u64),
    ) -> Result<Option<Arc<Catalogue>>, StoreError> {
        if let Some(catalogue) = self.catalogues.get(scope, now) {
            return Ok(Some(catalogue));
        }
        let _turn = self.catalogues.turn(scope).lock().await;
        // While this waited, another may have read what it wants, and more may have changed.
        let Some(now) = self.cookbooks_at(scope).await? else { return Ok(None) };
        if let Some(catalogue) = self.catalogues.get(scope, now) {
            return Ok(Some(catalogue));
        }
        let catalogue = match self.catalogues.kept.get(scope) {
            Some(old) => self.brought_up(scope, &old, now).await?,
            None => None,
        };
        let catalogue = match catalogue {
            Some(catalogue) => catalogue,
            None => {
                let summaries = self.store.documents(scope, Kind::CookbookSummary).await?;
                // Thousands of small texts are read: not where others' requests are served.
                let read = move || Ok(Catalogue::of(now, &summaries));
                let ended = |ended: Ended| StoreError::Broken(ended.to_string());
                self.catalogues.workers.run(read).await.map_err(ended)?
            }
        };
        let catalogue = Arc::new(catalogue);
        self.catalogues.kept.insert(scope.clone(), Arc::clone(&catalogue));
        Ok(Some(catalogue))
    }

    async fn cookbooks_at(&self, scope: &Scope) -> Result<Option<(i64, u64)>, StoreError> {
        let generations = self.store.generations(std::slice::from_ref(scope)).await?;
        Ok(generations.first().copied().flatten().map(|at| at.of(Family::Cookbooks)))
    }

    /// A catalogue with what has changed since; `None` if too much has.
    async fn brought_up(
        &self,
        scope: &Scope,
        old: &Catalogue,
        now: (i64, u64),
    ) -> Result<Option<Catalogue>, StoreError> {
        let ((number, after), (number_now, until)) = (old.generation(), now);
        let entered = until.checked_sub(after).filter(|entered| *entered <= FAR);
        let Some(entered) = entered.filter(|_| number == number_now) else { return Ok(None) };
        let limit = u32::try_from(entered).unwrap_or(u32::MAX);
        let entries = self.store.ledger(scope, after, limit).await?;
        let versions = entries.iter().filter(|entry| entry.kind == Kind::CookbookVersion);
        let names = versions.filter_map(|entry| entry.name.split_once('/'));
        let changed: BTreeSet<&str> = names.map(|(cookbook, _)| cookbook).collect();
        // A ledger may have been cut meanwhile.
        if changed.len() > MANY || entries.last().is_none_or(|last| last.position < until) {
            return Ok(None);
        }
        let mut new = old.clone();
        for name in changed {
            let of_one = self.store.documents_under(scope, Kind::CookbookSummary, name).await?;
            new.with(name, &of_one);
        }
        Ok(Some(new.at(now)))
    }
}
