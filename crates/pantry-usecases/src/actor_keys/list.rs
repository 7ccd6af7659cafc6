//! Listing an actor's keys.

use pantry_model::Error;

use super::KeyOwner;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// One of an actor's keys, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySummary {
    /// Its name.
    pub name: String,
    /// Whether it has ended.
    pub expired: bool,
}

impl UseCases {
    /// An actor's keys, by name.
    pub async fn list_keys(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
    ) -> Result<Vec<KeySummary>, Error> {
        let (_, object) = self.key_owner(caller, owner).await?;
        self.require_key_reading(caller, &object).await?;
        let keys = self.store.actor_keys(object.id).await.map_err(to_error)?;
        let now = self.clock.now();
        let summary = |key: pantry_store::ActorKey| KeySummary {
            expired: key.expires_at.is_some_and(|end| end <= now),
            name: key.name,
        };
        Ok(keys.into_iter().map(summary).collect())
    }
}
