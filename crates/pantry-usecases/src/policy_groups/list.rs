//! Listing policy groups.

use std::collections::BTreeMap;

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{CONTAINER, parts, revision_of};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The policy groups of an application, each with the policies that it follows, and the ids of
    /// the revisions.
    pub async fn list_policy_groups(
        &self,
        caller: &Caller,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        let names = self.store.names(&scope, Kind::PolicyGroup).await.map_err(to_error)?;
        let followed = self.store.documents(&scope, Kind::PolicyInGroup).await.map_err(to_error)?;
        let mut groups: BTreeMap<_, BTreeMap<_, _>> =
            names.into_iter().map(|name| (name, BTreeMap::new())).collect();
        for followed in &followed {
            // A group that was made since the names were read is listed the next time.
            if let Some(group) = groups.get_mut(parts(&followed.name).0) {
                let (policy, revision) = revision_of(followed)?;
                group.insert(policy, revision);
            }
        }
        Ok(groups)
    }
}
