//! The known CURVE keys, in memory: whom a connection's key belongs to is asked on every handshake
//! and every message, and must be answered without waiting.
//!
//! The store is the truth. Whoever changed an owner's keys calls [`KeyRing::refresh`], which reads
//! that owner's keys again; so however changes overlap, the last refresh of an owner sees the last
//! commit.

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
    fn set(&mut self, owner: &Principal, keys: Vec<CurvePublicKey>) {
        for key in self.keys.remove(owner).unwrap_or_default() {
            self.owners.remove(&key);
        }
        if !keys.is_empty() {
            self.owners.extend(keys.iter().map(|&key| (key, owner.clone())));
            self.keys.insert(owner.clone(), keys.into_iter().collect());
        }
    }
}

impl KeyRing {
    /// All keys of the store.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let mut known = Known::default();
        for (key, owner) in store.curve_keys().await? {
            known.keys.entry(owner.clone()).or_default().insert(key);
            known.owners.insert(key, owner);
        }
        Ok(Self { known: RwLock::new(known), ..Self::default() })
    }

    /// Whose key this is.
    pub fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.read(|known| known.owners.get(key).cloned())
    }

    /// Reads an owner's keys again.
    pub async fn refresh(&self, store: &dyn Store, owner: &Principal) -> Result<(), StoreError> {
        let _turn = self.refreshing.lock().await;
        let keys = store.curve_keys_of(owner).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).set(owner, keys);
        Ok(())
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
