//! Scopes: applications, and `_global`; and who may change them at the same time.
//!
//! A write holds a lock on each scope that it changes, alone, and on each scope that it only rests
//! on, together with others like it. So what it checks stays true until it is committed, and its
//! ledger has no gaps. The locks are PostgreSQL's advisory ones: they cost no write, queue in the
//! order of asking, end with the transaction, and there is one for a scope that is not there yet.

use std::collections::BTreeMap;

use pantry_model::ApplicationName;
use pantry_store::{Kind, Scope, StoreError, sql};
use sha2::{Digest, Sha256};

use crate::pipeline::Step;

sql! {
    // In the order in which they are given, which is the same for all writes.
    LOCK = "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key) \
        ELSE pg_advisory_xact_lock_shared(key) END \
        FROM unnest($1::bigint[], $2::boolean[]) AS locks (key, alone)";
    OPEN = "INSERT INTO scopes (name) VALUES ($1)";
    // The ledger and the scope's row are still needed, to say where they ended; but under a name
    // that no application can have, so that what follows finds none.
    CLOSE = "WITH closed AS (UPDATE scopes SET name = '!' || $1 WHERE id = scope_number($1) \
        RETURNING id), documents_gone AS (DELETE FROM documents WHERE scope IN (SELECT id FROM closed)), \
        keys_gone AS (DELETE FROM curve_keys WHERE scope IN (SELECT id FROM closed)) \
        DELETE FROM jobs WHERE scope IN (SELECT id FROM closed)";
    DROP_CLOSED = "DELETE FROM scopes WHERE name = '!' || $1";
}

/// The scopes that a write needs, and how.
#[derive(Default)]
pub(crate) struct Locks(BTreeMap<i64, bool>);

impl Locks {
    /// Needs a scope alone, to change it.
    pub(crate) fn alone(&mut self, scope: &Scope) {
        self.0.insert(key(scope), true);
    }

    /// Needs that nobody changes a scope.
    pub(crate) fn shared(&mut self, scope: &Scope) {
        self.0.entry(key(scope)).or_insert(false);
    }

    /// Those that are needed alone.
    pub(crate) fn taken_alone(&self) -> impl Iterator<Item = i64> {
        self.0.iter().filter(|(_, alone)| **alone).map(|(key, _)| *key)
    }

    /// Needs what others need as well.
    pub(crate) fn join(&mut self, others: &Self) {
        for (key, alone) in &others.0 {
            *self.0.entry(*key).or_default() |= alone;
        }
    }

    /// Takes all of them.
    pub(crate) fn step(&self) -> Step<'static> {
        let keys: Vec<i64> = self.0.keys().copied().collect();
        let alone: Vec<bool> = self.0.values().copied().collect();
        Step::new(LOCK).with(keys).with(alone)
    }
}

/// The lock of a scope: of its name, so that it is there before the scope is. Should two names have
/// the same, they wait for each other, and nothing worse.
fn key(scope: &Scope) -> i64 {
    let digest: [u8; 32] = Sha256::digest(scope.as_str()).into();
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// Makes an application's scope, which must not be there yet.
pub(crate) fn open(application: &ApplicationName) -> Step<'_> {
    let (kind, name) = (Kind::Application, application.as_str().to_owned());
    let there = StoreError::Moved { scope: Scope::Global, kind, name };
    Step::new(OPEN).with(application.as_str()).taken(there)
}

/// Ends an application's scope, with all that is in it but its ledger.
pub(crate) fn close(application: &ApplicationName) -> Step<'_> {
    Step::new(CLOSE).with(application.as_str())
}

/// Deletes what is left of a closed scope.
pub(crate) fn drop_closed(application: &ApplicationName) -> Step<'_> {
    Step::new(DROP_CLOSED).with(application.as_str())
}
