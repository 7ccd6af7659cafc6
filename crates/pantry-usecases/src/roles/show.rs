//! Showing a role.

use pantry_model::{Error, Permission};

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// A role, as it is stored.
    pub async fn show_role(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        let role = self.one_of(caller, Permission::Read, &ROLES, name).await?;
        Ok(role.document.body)
    }
}
