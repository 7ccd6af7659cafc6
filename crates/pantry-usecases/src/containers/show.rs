//! Showing a container, which has nothing but its name.

use pantry_model::refusals::containers;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// One container of the application; gives its name.
    pub async fn show_container(&self, caller: &Caller, name: &str) -> Result<String, Error> {
        let scope = self.scope_of(caller)?;
        let place = (&scope, Kind::Container, name);
        let missing = || containers::not_found(name);
        let object = self.permitted(caller, Permission::Read, place, missing).await?;
        Ok(object.document.name)
    }
}
