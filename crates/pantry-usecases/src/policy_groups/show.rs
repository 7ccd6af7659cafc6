//! Showing a policy group, and the policy that its nodes of one policy get.

use std::collections::BTreeMap;

use pantry_model::refusals::policies;
use pantry_model::{Error, Permission};
use pantry_store::{Kind, Scope};

use super::{read, revision_of};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The policies that a group follows, and the ids of the revisions.
    pub async fn show_policy_group(
        &self,
        caller: &Caller,
        group: &str,
    ) -> Result<BTreeMap<String, String>, Error> {
        let scope = self.scope_of(caller)?;
        self.policy_group_for(caller, Permission::Read, (&scope, group)).await?;
        self.followed_by(&scope, group).await
    }

    /// The revision of a policy that a group follows, as it is stored.
    pub async fn show_policy_of_group(
        &self,
        caller: &Caller,
        group: &str,
        policy: &str,
    ) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        let place = (&scope, group, policy);
        let followed = self.followed_for(caller, Permission::Read, place).await?;
        let record = read(&followed)?;
        let revision = self.revision(&scope, policy, record.revision.as_str()).await?;
        Ok(revision.ok_or_else(|| policies::not_in_group(policy, group))?.body)
    }

    /// The policies that a group follows, and the ids of the revisions.
    pub(super) async fn followed_by(
        &self,
        scope: &Scope,
        group: &str,
    ) -> Result<BTreeMap<String, String>, Error> {
        let followed = self.store.documents_under(scope, Kind::PolicyInGroup, group).await;
        followed.map_err(to_error)?.iter().map(revision_of).collect()
    }
}
