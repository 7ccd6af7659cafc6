//! What runs read of an application beside cookbooks: its nodes, roles, environments and data bags.
//!
//! A run in local mode has all of these on its disk that its API client may read. So that hundreds of
//! machines that run at once do not each read all of it from the store, it is kept in memory, with each
//! object's access control list: whose run it is decides what of it is told. With each use the
//! application's ledger is asked what has changed since, and only that is read again.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use pantry_model::{Acl, Error, Permission};
use pantry_store::{Kind, LedgerEntry, Scope};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::contents::Made;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// The kinds of objects that are read.
const KINDS: [Kind; 4] = [Kind::Node, Kind::Role, Kind::Environment, Kind::DataBag];

/// How much memory all of it may take, in bytes, about.
const BYTES: u64 = 256 << 20;

/// Of how many applications there is likely to be something. For so few the cache is not divided, of
/// which no part could keep what is large.
const LIKELY: usize = 32;

/// How many objects are read at once.
const AT_ONCE: usize = 200;

/// If more has been entered in the ledger since, all is read anew.
const FAR: u32 = 1000;

/// How many applications may be brought up to date at once.
const TURNS: usize = 16;

/// What is in memory, by application; what is least asked for goes first.
pub(super) struct Snapshots {
    kept: Cache<Scope, Arc<Kept>, Weight>,
    /// One run reads for all that wait: by the scope's hash, whose turn it is.
    turns: [Mutex<()>; TURNS],
    hasher: RandomState,
}

/// What is known of an application, from where its ledger stood on.
struct Kept {
    /// The scope's number: another application of its name has another.
    scope: i64,
    position: u64,
    /// None if it is more than one run may have.
    objects: Option<Arc<Snapshot>>,
}

/// All that may be read by runs, by kind and name.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    objects: BTreeMap<(Kind, String), Arc<SnapshotObject>>,
    bytes: u64,
}

struct SnapshotObject {
    acl: Acl,
    /// What is stored of it; for a data bag that of its items, by the items' ids.
    contents: Vec<(String, Made)>,
}

impl SnapshotObject {
    fn bytes(&self) -> u64 {
        self.contents.iter().map(|(_, content)| content.size()).sum()
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Scope, Arc<Kept>> for Weight {
    fn weight(&self, _: &Scope, kept: &Arc<Kept>) -> u64 {
        let of = |snapshot: &Arc<Snapshot>| {
            let objects = u64::try_from(snapshot.objects.len() * 512).unwrap_or(u64::MAX);
            snapshot.bytes.saturating_add(objects)
        };
        kept.objects.as_ref().map_or(0, of).saturating_add(512)
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            kept: Cache::with_weighter(LIKELY, BYTES, Weight),
            turns: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }
}

impl Snapshots {
    fn turn(&self, scope: &Scope) -> &Mutex<()> {
        // The remainder is smaller than the number of turns.
        let at = usize::try_from(self.hasher.hash_one(scope) % TURNS as u64).unwrap_or_default();
        self.turns.get(at).unwrap_or(&self.turns[0])
    }
}

impl Snapshot {
    /// What a caller may read, each with its kind, its name and, in a data bag, its item.
    pub(super) fn readable<'s>(
        &'s self,
        caller: &'s Caller,
    ) -> impl Iterator<Item = (Kind, &'s str, &'s str, &'s Made)> {
        let may_read = |object: &SnapshotObject| caller.holds(Permission::Read, &object.acl);
        let objects = self.objects.iter().filter(move |(_, object)| may_read(object));
        objects.flat_map(|((kind, name), object)| {
            let contents = object.contents.iter();
            contents.map(move |(item, content)| (*kind, name.as_str(), item.as_str(), content))
        })
    }

    fn take_out(&mut self, of: &(Kind, String)) {
        if let Some(old) = self.objects.remove(of) {
            self.bytes = self.bytes.saturating_sub(old.bytes());
        }
    }

    fn put(&mut self, of: (Kind, String), object: SnapshotObject) {
        self.bytes = self.bytes.saturating_add(object.bytes());
        self.objects.insert(of, Arc::new(object));
    }
}

impl UseCases {
    /// What of an application a caller may read, and perhaps more, as it is now; `None` if that is more
    /// than a run may have.
    pub(super) async fn readable_snapshot(
        &self,
        caller: &Caller,
        scope: &Scope,
    ) -> Result<Option<Arc<Snapshot>>, Error> {
        if let Some(all) = self.snapshot(scope).await? {
            return Ok(Some(all));
        }
        let may_read = |acl: &Acl| caller.holds(Permission::Read, acl);
        Ok(self.snapshot_of(scope, &may_read).await?.map(Arc::new))
    }

    /// All of an application, as it is now; `None` if it is too much.
    async fn snapshot(&self, scope: &Scope) -> Result<Option<Arc<Snapshot>>, Error> {
        let snapshots = &self.runs.snapshots;
        let stands = |kept: &Arc<Kept>, now: (i64, u64)| (kept.scope, kept.position) == now;
        let now = self.ledger_at(scope).await?;
        if let Some(kept) = snapshots.kept.get(scope).filter(|kept| stands(kept, now)) {
            return Ok(kept.objects.clone());
        }
        let _turn = snapshots.turn(scope).lock().await;
        // While this waited, another may have read what it wants, and more may have changed.
        let now = self.ledger_at(scope).await?;
        let old = snapshots.kept.get(scope).filter(|kept| kept.scope == now.0);
        if let Some(kept) = old.as_ref().filter(|kept| stands(kept, now)) {
            return Ok(kept.objects.clone());
        }
        let kept = match old {
            Some(old) => self.snapshot_since(scope, &old).await?,
            None => None,
        };
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let objects = self.snapshot_of(scope, &|_| true).await?.map(Arc::new);
                Kept { scope: now.0, position: now.1, objects }
            }
        };
        let objects = kept.objects.clone();
        snapshots.kept.insert(scope.clone(), Arc::new(kept));
        Ok(objects)
    }

    /// The scope's number, and the last position of its ledger.
    async fn ledger_at(&self, scope: &Scope) -> Result<(i64, u64), Error> {
        let generations = self.store.generations(std::slice::from_ref(scope)).await;
        let generations = generations.map_err(to_error)?.into_iter().flatten().next();
        let Some(generations) = generations else {
            return Err(match scope {
                Scope::Application(name) => Error::UnknownApplication(name.clone()),
                Scope::Global => Error::Internal("a run in no application".to_owned()),
            });
        };
        let position = self.store.ledger_position(scope).await.map_err(to_error)?;
        Ok((generations.scope, position))
    }

    /// What was kept with all that has changed since; `None` if that is to be read anew.
    async fn snapshot_since(&self, scope: &Scope, old: &Kept) -> Result<Option<Kept>, Error> {
        let since = self.store.ledger(scope, old.position, FAR).await.map_err(to_error)?;
        let Some(last) = since.last().filter(|_| since.len() < FAR as usize) else {
            return Ok(None);
        };
        let Some(before) = &old.objects else {
            // It has not become little by a few changes. Who may read little of it reads that.
            return Ok(Some(Kept { objects: None, ..*old }));
        };
        let Some(changed) = changed(&since) else { return Ok(None) };
        let mut snapshot = Snapshot::clone(before);
        changed.iter().for_each(|one| snapshot.take_out(one));
        for kind in KINDS {
            let names = changed.iter().filter(|(of, _)| *of == kind);
            let names: Vec<String> = names.map(|(_, name)| name.clone()).collect();
            if !self.read_into(&mut snapshot, (scope, kind), &names, &|_| true).await? {
                return Ok(Some(Kept { scope: old.scope, position: last.position, objects: None }));
            }
        }
        let objects = Some(Arc::new(snapshot));
        Ok(Some(Kept { scope: old.scope, position: last.position, objects }))
    }

    /// All that is to be kept of an application; `None` if it is too much.
    async fn snapshot_of(
        &self,
        scope: &Scope,
        keep: &(dyn Fn(&Acl) -> bool + Sync),
    ) -> Result<Option<Snapshot>, Error> {
        let mut snapshot = Snapshot::default();
        for kind in KINDS {
            let names = self.store.names(scope, kind).await.map_err(to_error)?;
            if !self.read_into(&mut snapshot, (scope, kind), &names, keep).await? {
                return Ok(None);
            }
        }
        Ok(Some(snapshot))
    }

    /// Reads these objects; answers whether there is room for them.
    async fn read_into(
        &self,
        snapshot: &mut Snapshot,
        (scope, kind): (&Scope, Kind),
        names: &[String],
        keep: &(dyn Fn(&Acl) -> bool + Sync),
    ) -> Result<bool, Error> {
        for names in names.chunks(AT_ONCE) {
            let found = self.store.objects(scope, kind, names).await.map_err(to_error)?;
            for (name, object) in names.iter().zip(found) {
                let Some(object) = object.filter(|object| keep(&object.acl)) else { continue };
                let contents = if kind == Kind::DataBag {
                    let items = self.store.documents_under(scope, Kind::DataBagItem, name).await;
                    let items = items.map_err(to_error)?.into_iter();
                    let id = |name: &str| name.split_once('/').map_or("", |(_, id)| id).to_owned();
                    items.map(|item| (id(&item.name), Made::stored(item))).collect()
                } else {
                    vec![(String::new(), Made::stored(object.document))]
                };
                snapshot.put((kind, name.clone()), SnapshotObject { acl: object.acl, contents });
                if snapshot.bytes > self.runs.max_documents {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// The objects that these lines are about; `None` if that cannot be told.
fn changed(since: &[LedgerEntry]) -> Option<BTreeSet<(Kind, String)>> {
    let mut changed = BTreeSet::new();
    for entry in since {
        let (kind, name) = match entry.kind {
            Kind::DataBagItem => (Kind::DataBag, entry.name.split_once('/')?.0),
            Kind::Acl => {
                let (kind, name) = entry.name.split_once('/')?;
                (Kind::from_stored(kind)?, name)
            }
            kind => (kind, entry.name.as_str()),
        };
        if KINDS.contains(&kind) {
            changed.insert((kind, name.to_owned()));
        }
    }
    Some(changed)
}
