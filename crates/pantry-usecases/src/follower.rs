//! Follows what other servers enter in the ledgers, for what this one keeps in memory beside it.
//!
//! Whether somebody may do something is asked of the database with every request. But whom a key
//! belongs to is asked of the key ring, and connections that stand are not asked for at all: so a
//! server reads what was entered since it last looked, reads the keys again of those whom that
//! concerns, and parts with those who have lost one. Jobs that were started elsewhere it sends to
//! those of their machines that are here.
//!
//! It remembers up to where it has read each ledger, and goes on from there only when all that came
//! before was done. So nothing is lost if the database goes away meanwhile. Until it is back,
//! connections stay: no right arises from that, since everything else asks the database.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use pantry_model::{ApplicationName, Identity, JobId, MachineId, Principal};
use pantry_store::{Kind, LedgerEnd, LedgerEntry, Scope, Store, StoreError};

use crate::UseCases;

/// The shortest time between two looks: what other servers enter in between is read at once.
const APART: Duration = Duration::from_millis(20);

/// How long to wait when the database could not be read.
const AGAIN: Duration = Duration::from_millis(250);

/// How many entries are read at once.
const PAGE: u32 = 1000;

/// With more entries to read than this, in all ledgers together, all keys are read instead.
const FAR: u64 = 10_000;

/// With more owners to look after than this, all keys are read instead.
const MANY: usize = 32;

/// How far the ledgers have been read.
pub struct Follower {
    seen: HashMap<Scope, LedgerEnd>,
}

/// What is to be done about what was entered.
#[derive(Default)]
struct News {
    owners: BTreeSet<Principal>,
    jobs: BTreeSet<JobId>,
}

impl Follower {
    /// Follows from where the ledgers stand now. What is kept in memory must be read after this.
    pub async fn begin(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self { seen: by_scope(store.ledger_ends().await?) })
    }

    /// Follows for ever.
    pub async fn run(mut self, usecases: UseCases) {
        loop {
            usecases.store.entered_elsewhere().await;
            if let Err(error) = self.catch_up(&usecases).await {
                tracing::warn!(%error, "what other servers do cannot be followed now");
                while self.catch_up(&usecases).await.is_err() {
                    tokio::time::sleep(AGAIN).await;
                }
                tracing::info!("what other servers do can be followed again");
            }
            tokio::time::sleep(APART).await;
        }
    }

    /// Does all that follows from what was entered since it was called last. If it fails, the next
    /// call begins where this one did.
    pub async fn catch_up(&mut self, usecases: &UseCases) -> Result<(), StoreError> {
        let mut ends = by_scope(usecases.store.ledger_ends().await?);
        let entered = |end: &LedgerEnd| end.position.saturating_sub(self.read_up_to(end));
        if ends.values().map(entered).sum::<u64>() > FAR {
            part_with(usecases, usecases.keys.reload(usecases.store.as_ref()).await?).await;
            usecases.pass_all_on().await?;
            self.seen = ends;
            return Ok(());
        }
        let mut news = News::default();
        for (scope, seen) in &self.seen {
            if let Scope::Application(application) = scope
                && ends.get(scope).is_none_or(|end| end.number != seen.number)
            {
                news.owners.extend(usecases.keys.machines_of(application));
            }
        }
        for end in ends.values_mut() {
            let seen = self.read_up_to(end);
            if seen < end.position {
                end.position = news.read(usecases.store.as_ref(), &end.scope, seen).await?;
            }
        }
        news.act(usecases).await?;
        self.seen = ends;
        Ok(())
    }

    /// Up to which position this ledger has been read.
    fn read_up_to(&self, end: &LedgerEnd) -> u64 {
        let seen = self.seen.get(&end.scope).filter(|seen| seen.number == end.number);
        seen.map_or(0, |seen| seen.position)
    }
}

impl News {
    /// Reads a ledger from after this position to its end. Gives the last position.
    async fn read(
        &mut self,
        store: &dyn Store,
        scope: &Scope,
        mut after: u64,
    ) -> Result<u64, StoreError> {
        loop {
            let page = store.ledger(scope, after, PAGE).await?;
            for entry in &page {
                self.take(scope, entry);
            }
            // If the scope was deleted meanwhile there is nothing, and its number tells next time.
            after = page.last().map_or(after, |last| last.position);
            if page.len() < PAGE as usize {
                return Ok(after);
            }
        }
    }

    fn take(&mut self, scope: &Scope, entry: &LedgerEntry) {
        if entry.kind == Kind::Job {
            self.jobs.extend(entry.name.parse::<JobId>());
        } else if entry.kind.is_followed() {
            self.owners.extend(owner(scope, entry));
        }
    }

    async fn act(self, usecases: &UseCases) -> Result<(), StoreError> {
        let (keys, store) = (&usecases.keys, usecases.store.as_ref());
        if self.owners.len() > MANY {
            part_with(usecases, keys.reload(store).await?).await;
        } else {
            for owner in self.owners {
                // One after the other, so that what the ring has forgotten is always parted with.
                if keys.refresh(store, &owner).await? {
                    part_with(usecases, vec![owner]).await;
                }
            }
        }
        for job in self.jobs {
            usecases.pass_on(job).await?;
        }
        Ok(())
    }
}

/// Whose keys an entry may concern.
fn owner(scope: &Scope, entry: &LedgerEntry) -> Option<Principal> {
    let machine = |application: &ApplicationName, identity: Identity| {
        Principal::Machine(MachineId { application: application.clone(), identity })
    };
    // A name that is none belongs to nobody who could have a key.
    match (entry.kind, scope) {
        (Kind::Key, _) => entry.name.parse().ok(),
        (Kind::User, Scope::Global) => entry.name.parse().ok().map(Principal::User),
        (Kind::Machine, Scope::Application(application)) => {
            entry.name.parse().ok().map(|identity| machine(application, identity))
        }
        _ => None,
    }
}

async fn part_with(usecases: &UseCases, losers: Vec<Principal>) {
    if !losers.is_empty() {
        usecases.fleet.part_with(&losers).await;
    }
}

fn by_scope(ends: Vec<LedgerEnd>) -> HashMap<Scope, LedgerEnd> {
    ends.into_iter().map(|end| (end.scope.clone(), end)).collect()
}
