//! Changing a role.

use pantry_model::chef::Role;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;
use crate::collection::replace;

impl UseCases {
    /// Gives a role that is there another content.
    pub async fn update_role(&self, caller: &Caller, role: &Role) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let name = role.name().as_str();
                let there = self.one_of(&caller, Permission::Update, &ROLES, name).await?;
                let mut write = self.write_as(&caller);
                replace(&mut write, (scope, Kind::Role), &there, role.object().to_json())?;
                Ok((write, ()))
            }
        })
        .await
    }
}
