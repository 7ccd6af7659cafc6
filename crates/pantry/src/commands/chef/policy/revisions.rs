//! Which revisions policies have, and which groups follow each.

use std::collections::BTreeMap;

use pantry_http_client::{ChefClient, ChefError, segment};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// How much of an id tables show, as Chef's tools do.
const SHORT: usize = 10;

/// A revision of a policy.
#[derive(Debug, Serialize)]
pub(super) struct Revision {
    /// Whose.
    pub(super) policy: String,
    /// Its id.
    pub(super) revision_id: String,
    /// The groups that follow it, in byte order.
    pub(super) groups: Vec<String>,
}

#[derive(Deserialize)]
struct Policy {
    #[serde(default)]
    revisions: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    policies: BTreeMap<String, Followed>,
}

#[derive(Deserialize)]
struct Followed {
    revision_id: String,
}

/// All revisions of all policies, by policy and id. What a group was told to follow since they were
/// asked for is not among them.
pub(super) async fn all(client: &ChefClient) -> Result<Vec<Revision>, ChefError> {
    let policies: BTreeMap<String, Policy> = client.get_json("/policies").await?;
    let groups: BTreeMap<String, Group> = client.get_json("/policy_groups").await?;
    let mut following: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for (name, group) in &groups {
        for (policy, Followed { revision_id }) in &group.policies {
            following.entry((policy, revision_id)).or_default().push(name.clone());
        }
    }
    let ids =
        policies.iter().flat_map(|(policy, it)| it.revisions.keys().map(move |id| (policy, id)));
    let revision = |(policy, id): (&String, &String)| Revision {
        policy: policy.clone(),
        revision_id: id.clone(),
        groups: following.get(&(policy.as_str(), id.as_str())).cloned().unwrap_or_default(),
    };
    Ok(ids.map(revision).collect())
}

/// The ids of a policy's revisions.
pub(super) async fn of(client: &ChefClient, policy: &str) -> Result<Vec<String>, ChefError> {
    let policy: Policy = client.get_json(&format!("/policies/{}", segment(policy))).await?;
    Ok(policy.revisions.into_keys().collect())
}

/// The beginning of an id.
pub(super) fn short(id: &str) -> String {
    id.chars().take(SHORT).collect()
}
