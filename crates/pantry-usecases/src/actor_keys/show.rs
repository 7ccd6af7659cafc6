//! Showing one of an actor's keys.

use pantry_model::Error;
use pantry_model::chef::keys::Expiry;
use pantry_model::refusals::keys;
use pantry_store::ActorKey;

use super::KeyOwner;
use crate::UseCases;
use crate::callers::Caller;

/// One of an actor's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its name.
    pub name: String,
    /// PEM, as it was sent.
    pub public_key: String,
    /// When it ends.
    pub expiry: Expiry,
}

impl From<ActorKey> for KeyView {
    fn from(key: ActorKey) -> Self {
        Self { name: key.name, public_key: key.public_key, expiry: key.expires_at }
    }
}

impl UseCases {
    /// One of an actor's keys.
    pub async fn show_key(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
        name: &str,
    ) -> Result<KeyView, Error> {
        let (_, object) = self.key_owner(caller, owner).await?;
        let key = self.actor_key(object.id, name).await?;
        let key = key.ok_or_else(|| keys::not_found(owner.name(), name))?;
        self.require_key_reading(caller, &object).await?;
        Ok(key.into())
    }
}
