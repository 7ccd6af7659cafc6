//! Taking a key from an actor: from then on it signs nothing.

use pantry_model::Error;

use super::{KeyOwner, KeyView, remove_key};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Deletes one of an actor's keys. Gives what it was.
    pub async fn delete_key(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
        name: &str,
    ) -> Result<KeyView, Error> {
        self.decide_as(caller, |caller| async move {
            let (named, key) = self.changeable_key(&caller, owner, name).await?;
            let mut write = self.write_as(&caller);
            remove_key(&mut write, &named, name);
            Ok((write, key.into()))
        })
        .await
    }
}
