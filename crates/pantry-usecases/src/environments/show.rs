//! Showing an environment.

use pantry_model::{Error, Permission};

use super::ENVIRONMENTS;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// An environment, as it is stored.
    pub async fn show_environment(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        let environment = self.one_of(caller, Permission::Read, &ENVIRONMENTS, name).await?;
        Ok(environment.document.body)
    }
}
