//! Listing policies.

use std::collections::BTreeMap;

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::CONTAINER;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The policies of an application, each with the ids of its revisions in byte order. One that
    /// has none is not listed, as in the original.
    pub async fn list_policies(
        &self,
        caller: &Caller,
    ) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        let names = self.store.names(&scope, Kind::PolicyRevision).await.map_err(to_error)?;
        let mut policies: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (policy, revision) in names.iter().filter_map(|name| name.split_once('/')) {
            policies.entry(policy.to_owned()).or_default().push(revision.to_owned());
        }
        Ok(policies)
    }
}
