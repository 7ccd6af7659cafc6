//! Deleting a container.

use pantry_model::refusals::containers;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::is_needed;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Deletes a container that somebody made; gives its name.
    pub async fn delete_container(&self, caller: &Caller, name: &str) -> Result<String, Error> {
        self.decide_as(caller, |caller| async move {
            let scope = self.scope_of(&caller)?;
            let place = (&scope, Kind::Container, name);
            let missing = || containers::not_found(name);
            let object = self.permitted(&caller, Permission::Delete, place, missing).await?;
            if is_needed(name) {
                return Err(containers::needed(name).into());
            }
            let mut write = self.write_as(&caller);
            write.delete(&scope, Kind::Container, name, object.document.hash);
            Ok((write, object.document.name))
        })
        .await
    }
}
