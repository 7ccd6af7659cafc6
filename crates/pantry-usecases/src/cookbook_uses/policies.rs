//! The policies that lock a cookbook, and the groups whose nodes they are for.

use std::collections::BTreeMap;

use pantry_model::Error;
use pantry_model::chef::CookbookLock;
use pantry_store::{Kind, Scope};

use super::Asked;
use crate::UseCases;
use crate::fault::to_error;
use crate::policies::revision_name;
use crate::policy_groups;

/// A revision of a policy that locks a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyUse {
    /// Which policy.
    pub policy: String,
    /// Which revision of it.
    pub revision: String,
    /// What it locks.
    pub lock: CookbookLock,
    /// The policy groups that follow it.
    pub groups: Vec<String>,
}

impl UseCases {
    /// The revisions that lock one of the versions that are asked about, by policy.
    pub(super) async fn policies_with(
        &self,
        scope: &Scope,
        asked: &Asked,
    ) -> Result<Vec<PolicyUse>, Error> {
        let mut found = Vec::new();
        let mut groups: Option<BTreeMap<String, Vec<String>>> = None;
        // They are large, so only one is held at a time.
        for name in self.store.names(scope, Kind::PolicyRevision).await.map_err(to_error)? {
            let document = self.store.document(scope, Kind::PolicyRevision, &name).await;
            let Some(document) = document.map_err(to_error)? else { continue };
            let Some(lock) = CookbookLock::of(asked.name.as_str(), &document.body) else {
                continue;
            };
            if !lock.version.parse().is_ok_and(|version| asked.is_about(version)) {
                continue;
            }
            let groups = match &mut groups {
                Some(groups) => groups,
                groups => groups.insert(self.followers(scope).await?),
            };
            let groups = groups.get(&name).cloned().unwrap_or_default();
            let (policy, revision) = policy_groups::parts(&name);
            let (policy, revision) = (policy.to_owned(), revision.to_owned());
            found.push(PolicyUse { policy, revision, lock, groups });
        }
        Ok(found)
    }

    /// By the stored name of a revision, the groups that follow it.
    async fn followers(&self, scope: &Scope) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let all = self.store.documents(scope, Kind::PolicyInGroup).await.map_err(to_error)?;
        let mut by_revision: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for followed in &all {
            let (policy, revision) = policy_groups::revision_of(followed)?;
            let (group, _) = policy_groups::parts(&followed.name);
            let name = revision_name(&policy, &revision);
            by_revision.entry(name).or_default().push(group.to_owned());
        }
        Ok(by_revision)
    }
}
