//! Listing an application's containers.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::applications::furnish::JOBS;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The names of all containers but `jobs`, in byte order.
    pub async fn list_containers(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, "containers").await?;
        let mut names = self.store.names(&scope, Kind::Container).await.map_err(to_error)?;
        names.retain(|name| name != JOBS);
        Ok(names)
    }
}
