//! The actors of one name within one scope, as they are kept in memory.

use std::sync::{Arc, OnceLock};

use pantry_model::{ApplicationName, Error, MachineId, Principal, Timestamp};
use pantry_sign::PublicKey;
use pantry_store::{Actor, Actors, Family, Generations, Kind, Scope};

/// How many names' actors are kept in memory; those least asked for go first.
const KEPT: usize = 4096;

/// What is kept, by scope and name.
pub(crate) type KnownCache = quick_cache::sync::Cache<(Scope, String), Arc<KnownActors>>;

/// An empty cache.
pub(crate) fn cache() -> KnownCache {
    KnownCache::new(KEPT)
}

/// Who a request may come from that gives a certain name.
#[derive(Debug)]
pub struct KnownActors {
    candidates: Vec<Candidate>,
    is_associated: bool,
    scope_exists: bool,
    /// What all of it rests on.
    scopes: Vec<Scope>,
    generations: Vec<Option<Generations>>,
}

/// One of them.
#[derive(Debug)]
pub struct Candidate {
    pub(crate) actor: Actor,
    pub(crate) principal: Principal,
    /// Beside each of the actor's keys: what it is once parsed; `None` if it cannot be.
    parsed: Vec<OnceLock<Option<PublicKey>>>,
}

impl KnownActors {
    /// From what the store has read in one moment.
    pub(crate) fn new(within: &Scope, name: &str, read: Actors) -> Result<Self, Error> {
        let candidates = read.actors.into_iter().map(|actor| Candidate::new(within, name, actor));
        let candidates = candidates.collect::<Result<_, _>>()?;
        let exists =
            |(scope, found): &(Scope, Option<Generations>)| scope == within && found.is_some();
        let scope_exists = read.generations.iter().any(exists);
        let (scopes, generations) = read.generations.into_iter().unzip();
        Ok(Self {
            candidates,
            is_associated: read.is_associated,
            scope_exists,
            scopes,
            generations,
        })
    }

    /// Whether there is an application of the name that was asked for; true where none was.
    pub fn application_exists(&self) -> bool {
        self.scope_exists
    }

    /// The user, if there is one, and then the API client.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// All that is known of them.
    pub(crate) fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.candidates.iter().map(|candidate| &candidate.actor)
    }

    /// Whether this candidate belongs to the application that was asked for: an API client to its
    /// own always does.
    pub fn belongs(&self, candidate: &Candidate) -> bool {
        candidate.is_client() || self.is_associated
    }

    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub(crate) fn stands(&self, generations: &[Option<Generations>]) -> bool {
        let of_family = |at: &Option<Generations>| at.map(|at| at.of(Family::Security));
        self.generations.iter().map(of_family).eq(generations.iter().map(of_family))
    }

    pub(crate) fn rests_on(&self) -> impl Iterator<Item = (&Scope, Option<Generations>)> {
        self.scopes.iter().zip(self.generations.iter().copied())
    }
}

impl Candidate {
    fn new(within: &Scope, name: &str, actor: Actor) -> Result<Self, Error> {
        let broken = |error| Error::Internal(format!("a stored actor: {error}"));
        let principal = match within {
            Scope::Application(application) if actor.kind == Kind::ApiClient => {
                let identity = name.parse().map_err(broken)?;
                Principal::Machine(MachineId { application: application.clone(), identity })
            }
            _ => Principal::User(name.parse().map_err(broken)?),
        };
        let parsed = actor.keys.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { actor, principal, parsed })
    }

    /// Whether it is an API client, and not a user.
    pub fn is_client(&self) -> bool {
        self.actor.kind == Kind::ApiClient
    }

    /// Its keys that have not ended at `now`, each with its name.
    pub fn keys(&self, now: Timestamp) -> impl Iterator<Item = (&str, &PublicKey)> {
        let lasts = move |end: Option<Timestamp>| end.is_none_or(|end| now < end);
        self.actor
            .keys
            .iter()
            .zip(&self.parsed)
            .filter(move |(key, _)| lasts(key.expires_at))
            .filter_map(|(key, parsed)| {
                let parse = || PublicKey::from_pem(&key.public_key).ok();
                Some((key.name.as_str(), parsed.get_or_init(parse).as_ref()?))
            })
    }

    /// The application of an API client.
    pub fn application(&self) -> Option<&ApplicationName> {
        match &self.principal {
            Principal::Machine(machine) => Some(&machine.application),
            Principal::User(_) => None,
        }
    }
}
