//! The known CURVE keys, in memory: whom a connection's key belongs to is asked on every handshake
//! and every message, and must be answered without waiting.
//!
//! The store is the truth. Whoever changed an owner's keys calls [`KeyRing::refresh`], which reads
//! that owner's keys again; so however changes overlap, the last refresh of an owner sees the last
//! commit. What another server changed the follower has read again.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

use pantry_model::{ApplicationName, CurvePublicKey, Principal};
use pantry_store::{Store, StoreError};

/// The known keys.
#[derive(Default)]
pub struct KeyRing {
    known: RwLock<Known>,
    /// One refresh at a time, so that none puts back what a later one has read. Only refreshes wait
    /// for it, never a look-up.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    owners: HashMap<CurvePublicKey, Principal>,
    keys: HashMap<Principal, HashSet<CurvePublicKey>>,
}

impl Known {
    fn of(all: Vec<(CurvePublicKey, Principal)>) -> Self {
        let mut known = Self::default();
        for (key, owner) in all {
            known.keys.entry(owner.clone()).or_default().insert(key);
            known.owners.insert(key, owner);
        }
        known
    }

    /// Whether the owner has lost a key.
    fn set(&mut self, owner: &Principal, keys: Vec<CurvePublicKey>) -> bool {
        let former = self.keys.remove(owner).unwrap_or_default();
        for key in &former {
            // A key that changed hands may be known as the other's already.
            if self.owners.get(key) == Some(owner) {
                self.owners.remove(key);
            }
        }
        let has_lost = !former.iter().all(|key| keys.contains(key));
        if !keys.is_empty() {
            self.owners.extend(keys.iter().map(|&key| (key, owner.clone())));
            self.keys.insert(owner.clone(), keys.into_iter().collect());
        }
        has_lost
    }

    /// Those who have lost a key since `former`.
    fn losers(&self, former: &Self) -> Vec<Principal> {
        let has_lost = |(owner, keys): &(&Principal, &HashSet<_>)| {
            let now = self.keys.get(*owner);
            !keys.iter().all(|key| now.is_some_and(|now| now.contains(key)))
        };
        former.keys.iter().filter(has_lost).map(|(owner, _)| owner.clone()).collect()
    }
}

impl KeyRing {
    /// All keys of the store.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let known = Known::of(store.curve_keys().await?);
        Ok(Self { known: RwLock::new(known), ..Self::default() })
    }

    /// Reads all keys again. Gives those who have lost one.
    pub async fn reload(&self, store: &dyn Store) -> Result<Vec<Principal>, StoreError> {
        let _turn = self.refreshing.lock().await;
        let now = Known::of(store.curve_keys().await?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let losers = now.losers(&known);
        *known = now;
        Ok(losers)
    }

    /// Whose key this is.
    pub fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.read(|known| known.owners.get(key).cloned())
    }

    /// Reads an owner's keys again. Whether it has lost one.
    pub async fn refresh(&self, store: &dyn Store, owner: &Principal) -> Result<bool, StoreError> {
        let _turn = self.refreshing.lock().await;
        let keys = store.curve_keys_of(owner).await?;
        Ok(self.known.write().unwrap_or_else(PoisonError::into_inner).set(owner, keys))
    }

    /// The machines of an application that have keys.
    pub fn machines_of(&self, application: &ApplicationName) -> Vec<Principal> {
        let is_of = |principal: &&Principal| matches!(principal, Principal::Machine(machine) if machine.application == *application);
        self.read(|known| known.keys.keys().filter(is_of).cloned().collect())
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}
