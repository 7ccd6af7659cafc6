//! Making a role.

use pantry_model::Error;
use pantry_model::chef::Role;

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes a role.
    pub async fn create_role(&self, caller: &Caller, role: &Role) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let new = (role.name().as_str(), role.object().to_json());
            self.add_to(&mut write, &caller, &ROLES, new).await?;
            Ok((write, ()))
        })
        .await
    }
}
