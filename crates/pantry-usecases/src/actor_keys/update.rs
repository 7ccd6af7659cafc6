//! Changing one of an actor's keys: its name, its text, when it ends.

use pantry_model::Error;
use pantry_model::chef::keys::KeyUpdate;
use pantry_model::refusals::keys;
use pantry_store::{ActorKey, Verb};

use super::{KeyOwner, MadeKey, put_key, remove_key};
use crate::UseCases;
use crate::callers::Caller;

/// What has become of a key.
#[derive(Clone, Debug)]
pub struct UpdatedKey {
    /// What it is called now.
    pub name: String,
    /// Whether it was called otherwise before.
    pub renamed: bool,
    /// What it holds now, if that was to change.
    pub made: Option<MadeKey>,
}

impl UseCases {
    /// Changes one of an actor's keys.
    pub async fn update_key(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
        name: &str,
        update: &KeyUpdate,
    ) -> Result<UpdatedKey, Error> {
        self.changeable_key(caller, owner, name).await?;
        let made = self.make_key_if(update.source.as_ref()).await?;
        let new_name = update.name.as_ref().map_or(name, |name| name.as_str());
        let renamed = new_name != name;
        self.decide_as(caller, |caller| {
            let made = made.as_ref();
            async move {
                let (named, key) = self.changeable_key(&caller, owner, name).await?;
                if renamed && self.actor_key(named.id, new_name).await?.is_some() {
                    return Err(keys::taken(new_name).into());
                }
                let changed = ActorKey {
                    name: new_name.to_owned(),
                    public_key: made.map_or(&key.public_key, |made| &made.public_key).clone(),
                    expires_at: update.expiry.unwrap_or(key.expires_at),
                };
                let mut write = self.write_as(&caller);
                if renamed {
                    remove_key(&mut write, &named, name);
                    put_key(&mut write, &named, Verb::Create, changed);
                } else if changed != key {
                    put_key(&mut write, &named, Verb::Update, changed);
                }
                Ok((write, ()))
            }
        })
        .await?;
        Ok(UpdatedKey { name: new_name.to_owned(), renamed, made })
    }
}
