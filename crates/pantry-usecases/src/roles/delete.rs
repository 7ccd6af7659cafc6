//! Deleting a role.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;
use crate::search;

impl UseCases {
    /// Deletes a role; gives what was stored of it. Run lists that name it keep its name.
    pub async fn delete_role(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.one_of(&caller, Permission::Delete, &ROLES, name).await?;
                let mut write = self.write_as(&caller);
                search::delete(&mut write, (scope, Kind::Role), &there.document)?;
                Ok((write, there.document.body))
            }
        })
        .await
    }
}
