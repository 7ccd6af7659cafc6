//! Listing an application's groups.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The names of all groups, in byte order: those that stand for one user too.
    pub async fn list_groups(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, "groups").await?;
        let mut names = self.store.names(&scope, Kind::Group).await.map_err(to_error)?;
        names.extend(self.store.names(&scope, Kind::Association).await.map_err(to_error)?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}
