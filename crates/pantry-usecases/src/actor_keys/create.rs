//! Giving an actor another key.

use pantry_model::chef::keys::NewKey;
use pantry_model::refusals::keys;
use pantry_model::{Error, Permission};
use pantry_store::{ActorKey, Verb};

use super::{KeyOwner, MadeKey, put_key};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Gives an actor another key, besides those that it has.
    pub async fn create_key(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
        new: &NewKey,
    ) -> Result<MadeKey, Error> {
        let (_, object) = self.key_owner(caller, owner).await?;
        caller.require(Permission::Update, &object)?;
        let made = self.make_key(&new.source).await?;
        self.decide_as(caller, |caller| {
            let made = &made;
            async move {
                let (named, object) = self.key_owner(&caller, owner).await?;
                caller.require(Permission::Update, &object)?;
                if self.actor_key(object.id, new.name.as_str()).await?.is_some() {
                    return Err(keys::taken(new.name.as_str()).into());
                }
                let mut write = self.write_as(&caller);
                let (name, public_key) = (new.name.to_string(), made.public_key.clone());
                let key = ActorKey { name, public_key, expires_at: new.expiry };
                put_key(&mut write, &named, Verb::Create, key);
                Ok((write, ()))
            }
        })
        .await?;
        Ok(made)
    }
}
