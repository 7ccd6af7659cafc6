//! Showing a policy.

use pantry_model::{Error, Permission};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The ids of a policy's revisions, in byte order.
    pub async fn show_policy(&self, caller: &Caller, policy: &str) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.policy_for(caller, Permission::Read, (&scope, policy)).await?;
        self.revisions_of(&scope, policy).await
    }

    /// The ids of a policy's revisions, in byte order.
    pub(super) async fn revisions_of(
        &self,
        scope: &Scope,
        policy: &str,
    ) -> Result<Vec<String>, Error> {
        self.store.names_under(scope, Kind::PolicyRevision, policy).await.map_err(to_error)
    }
}
