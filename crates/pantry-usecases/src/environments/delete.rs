//! Deleting an environment.

use pantry_model::chef::check_environment_may_change;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::ENVIRONMENTS;
use crate::UseCases;
use crate::callers::Caller;
use crate::search;

impl UseCases {
    /// Deletes an environment; gives what was stored of it. Nodes keep the name that they say.
    pub async fn delete_environment(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        check_environment_may_change(name)?;
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.one_of(&caller, Permission::Delete, &ENVIRONMENTS, name).await?;
                let mut write = self.write_as(&caller);
                search::delete(&mut write, (scope, Kind::Environment), &there.document)?;
                Ok((write, there.document.body))
            }
        })
        .await
    }
}
