//! Listing roles.

use pantry_model::Error;

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// The names of an application's roles, in byte order.
    pub async fn list_roles(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.list_all(caller, &ROLES).await
    }
}
