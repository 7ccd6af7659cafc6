//! Listing API clients.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The names of the API clients of the application that the request is about, in byte order.
    pub async fn list_api_clients(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, "clients").await?;
        self.store.names(&scope, Kind::ApiClient).await.map_err(to_error)
    }
}
