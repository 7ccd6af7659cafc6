//! Policy groups: which revision of each policy their nodes follow.

mod delete;
mod follow;
mod list;
mod show;
mod unfollow;

use pantry_model::refusals::policies;
use pantry_model::{Error, Permission, PolicyRevisionId, Timestamp};
use pantry_store::{Document, Kind, Object, Scope};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, unreadable};

/// The name of their container.
const CONTAINER: &str = "policy_groups";

/// What is stored of a group: one that was made anew under the same name is another.
#[derive(Serialize, Deserialize)]
struct PolicyGroupRecord {
    created_at: Timestamp,
}

/// What is stored of a group's following a policy.
#[derive(Serialize, Deserialize)]
struct PolicyInGroupRecord {
    revision: PolicyRevisionId,
    /// Since when it is this revision.
    since: Timestamp,
}

/// The stored name of a group's following a policy.
pub(crate) fn stored_name(group: &str, policy: &str) -> String {
    format!("{group}/{policy}")
}

/// The group and the policy that such a name is made of.
pub(crate) fn parts(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, ""))
}

fn read(followed: &Document) -> Result<PolicyInGroupRecord, Error> {
    serde_json::from_slice(&followed.body)
        .map_err(|error| unreadable("policy of a policy group", &error))
}

/// A policy of a group with the id of the revision that it follows.
pub(crate) fn revision_of(followed: &Document) -> Result<(String, String), Error> {
    let policy = parts(&followed.name).1.to_owned();
    Ok((policy, read(followed)?.revision.into()))
}

impl UseCases {
    /// A policy group on which the caller holds a permission.
    async fn policy_group_for(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, group): (&Scope, &str),
    ) -> Result<Object, Error> {
        let missing = || policies::group_not_found(group);
        self.permitted(caller, permission, (scope, Kind::PolicyGroup, group), missing).await
    }

    /// That a group follows a policy, on both of which the caller holds a permission.
    async fn followed_for(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, group, policy): (&Scope, &str, &str),
    ) -> Result<Document, Error> {
        let missing = || policies::not_in_group(policy, group);
        let followed = self.followed(scope, group, policy).await?.ok_or_else(missing)?;
        self.permitted(caller, permission, (scope, Kind::Policy, policy), missing).await?;
        self.permitted(caller, permission, (scope, Kind::PolicyGroup, group), missing).await?;
        Ok(followed)
    }

    /// That a group follows a policy.
    async fn followed(
        &self,
        scope: &Scope,
        group: &str,
        policy: &str,
    ) -> Result<Option<Document>, Error> {
        let name = stored_name(group, policy);
        self.store.document(scope, Kind::PolicyInGroup, &name).await.map_err(to_error)
    }

    /// The groups that follow a revision, in the order in which they came to that.
    pub(crate) async fn groups_that_follow(
        &self,
        scope: &Scope,
        policy: &str,
        revision: &str,
    ) -> Result<Vec<String>, Error> {
        let all = self.store.documents(scope, Kind::PolicyInGroup).await.map_err(to_error)?;
        let mut groups = Vec::new();
        for followed in all.iter().filter(|followed| parts(&followed.name).1 == policy) {
            let record = read(followed)?;
            if record.revision.as_str() == revision {
                groups.push((record.since, parts(&followed.name).0.to_owned()));
            }
        }
        groups.sort_unstable();
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }
}
