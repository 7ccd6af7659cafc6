//! Deleting a user, with all by which it belonged somewhere.

use pantry_model::refusals::users;
use pantry_model::{Error, Permission, Principal};
use pantry_store::{Change, Kind, Object, Scope, Verb, Write};

use super::{UserRecord, UserView, belongs_to_the_server, identities};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{done_but, to_error};

impl UseCases {
    /// Deletes a user: it belongs to no application any more, no invitation waits for it, and no
    /// key of it is known. Gives what it was.
    pub async fn delete_user(&self, caller: &Caller, name: &str) -> Result<UserView, Error> {
        let (was, owner) = self
            .decide_as(caller, |caller| async move {
                let object = self.permitted_user(&caller, Permission::Delete, name).await?;
                if belongs_to_the_server(name) {
                    return Err(users::belongs_to_the_server(name).into());
                }
                let was = self.user_view(&object).await?;
                let mut write = self.write_as(&caller);
                self.end_belonging(&mut write, &object).await?;
                for (kind, identity) in identities::of(&UserRecord::read(&object.document)?) {
                    self.release(&mut write, kind, &identity).await?;
                }
                write.delete(&Scope::Global, Kind::User, name, object.document.hash);
                let owner: Principal = Principal::User(
                    name.parse().map_err(|error| Error::Internal(format!("a user: {error}")))?,
                );
                write.enter(&Scope::Global, Verb::Delete, Kind::Key, &owner.to_string(), None);
                write.changes.push(Change::RemoveKeys { owner: owner.clone() });
                Ok((write, (was, owner)))
            })
            .await?;
        self.keys.refresh(self.store.as_ref(), &owner).await.map_err(done_but)?;
        self.fleet.part_with(std::slice::from_ref(&owner)).await;
        Ok(was)
    }

    /// Deletes what says that the user belongs, or is asked to belong, to applications.
    async fn end_belonging(&self, write: &mut Write, user: &Object) -> Result<(), Error> {
        for (_, place) in self.store.member_of(user.id).await.map_err(to_error)? {
            if !matches!(place.kind, Kind::Association | Kind::Invitation) {
                continue;
            }
            let found = self.store.document(&place.scope, place.kind, &place.name).await;
            if let Some(document) = found.map_err(to_error)? {
                write.delete(&place.scope, place.kind, &place.name, document.hash);
            }
        }
        Ok(())
    }
}
