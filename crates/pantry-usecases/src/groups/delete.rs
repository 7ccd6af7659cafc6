//! Deleting a group.

use pantry_model::refusals::groups;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{GroupView, NEEDED};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Deletes a group, and with it what its members may do through it. Gives what it was.
    pub async fn delete_group(&self, caller: &Caller, name: &str) -> Result<GroupView, Error> {
        self.decide_as(caller, |caller| async move {
            let seen = self.permitted_group(&caller, Permission::Delete, name).await?;
            if seen.kind == Kind::Association {
                return Err(groups::is_association(name).into());
            }
            if NEEDED.contains(&name) {
                return Err(groups::needed(name).into());
            }
            let view = self.view_of(&seen).await?;
            let mut write = self.write_as(&caller);
            write.delete(&seen.scope, seen.kind, name, seen.object.document.hash);
            Ok((write, view))
        })
        .await
    }
}
