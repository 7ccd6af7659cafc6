//! What all use cases stand on: storage, time, chance, the known keys, and the machines.

use std::future::Future;
use std::sync::Arc;

use pantry_model::{ApplicationName, Clock, Error, Principal};
use pantry_store::{Document, Kind, Scope, Store, Write};

use crate::fault::to_error;
use crate::fleet::Fleet;
use crate::key_ring::KeyRing;

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
}

/// How often a use case starts over because something that it had read has changed. Each round is
/// lost only if another writer won, so a handful is plenty.
const ROUNDS: usize = 8;

impl UseCases {
    /// Use cases on these.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        keys: Arc<KeyRing>,
        fleet: Arc<dyn Fleet>,
    ) -> Self {
        Self { store, clock, random, keys, fleet }
    }

    /// The storage, for whoever keeps what is nobody's decision: deliveries on their way, output.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
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
        for _ in 0..ROUNDS {
            let (write, answer) = attempt().await?;
            match self.store.commit(write).await {
                Ok(()) => return Ok(answer),
                Err(error) if error.is_stale() => {}
                Err(error) => return Err(to_error(error)),
            }
        }
        Err(Error::Unavailable("others kept changing what this request relies on".to_owned()))
    }
}
