//! Deleting an API client: its keys sign nothing from then on.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::ApiClientView;
use crate::UseCases;
use crate::callers::Caller;
use crate::search;

impl UseCases {
    /// Deletes an API client of the application that the request is about. Gives what it was.
    pub async fn delete_api_client(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<ApiClientView, Error> {
        let scope = &self.scope_of(caller)?;
        self.decide_as(caller, |caller| async move {
            let object = self.permitted_api_client(&caller, Permission::Delete, name).await?;
            let was = self.api_client_view(scope, &object).await?;
            let mut write = self.write_as(&caller);
            search::delete(&mut write, (scope, Kind::ApiClient), &object.document)?;
            self.forget_runs_without_node(&mut write, scope, name).await?;
            Ok((write, was))
        })
        .await
    }
}
