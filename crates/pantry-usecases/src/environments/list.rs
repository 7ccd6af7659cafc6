//! Listing environments.

use pantry_model::Error;

use super::ENVIRONMENTS;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// The names of an application's environments, `_default` among them, in byte order.
    pub async fn list_environments(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.list_all(caller, &ENVIRONMENTS).await
    }
}
