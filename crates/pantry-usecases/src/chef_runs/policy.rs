//! A policy that a run follows: the revision of its group, and just the artifacts that this locks.
//!
//! It lies in the repository as an exported policy does, in the forms that Chef's local mode reads.

use std::sync::Arc;

use pantry_model::chef::FollowedRevision;
use pantry_model::commands::chef_run::FollowedPolicy;
use pantry_model::refusals::chef_runs;
use pantry_model::{Error, RunList};
use pantry_store::{Kind, Scope};
use serde_json::json;

use super::contents::{Document, Made};
use super::cookbooks::{InFolder, path};
use super::trees::CookbookTree;
use crate::UseCases;
use crate::callers::Caller;

/// What following a policy comes to.
pub(super) struct PolicyInRun {
    pub(super) run_list: RunList,
    pub(super) cookbooks: Vec<InFolder>,
    pub(super) documents: Vec<Document>,
}

impl UseCases {
    /// The revision of a policy that a group follows, which the caller may read.
    pub(super) async fn followed_revision(
        &self,
        caller: &Caller,
        scope: &Scope,
        FollowedPolicy { name, group }: &FollowedPolicy,
    ) -> Result<(FollowedRevision, Vec<u8>), Error> {
        let (name, group) = (name.as_str(), group.as_str());
        self.needed(caller, (scope, Kind::Policy, name), "policy").await?;
        self.needed(caller, (scope, Kind::PolicyGroup, group), "policy group").await?;
        let stored = self.show_policy_of_group(caller, group, name).await?;
        let broken = || Error::Internal(format!("the stored policy `{name}`"));
        Ok((FollowedRevision::read(&stored).ok_or_else(broken)?, stored))
    }

    /// All that a run needs that follows a policy.
    pub(super) async fn policy_in_run(
        &self,
        caller: &Caller,
        scope: &Scope,
        followed: &FollowedPolicy,
    ) -> Result<PolicyInRun, Error> {
        let (revision, stored) = self.followed_revision(caller, scope, followed).await?;
        let FollowedRevision { id, run_list, locks } = revision;
        let (name, group, id) = (followed.name.as_str(), followed.group.as_str(), id.as_str());
        no_dash("policy", name, id)?;
        let wanted: Vec<_> = locks.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
        for (name, identifier) in &wanted {
            no_dash("cookbook artifact", name, identifier)?;
        }
        let trees = self.artifact_trees(caller, scope, &wanted).await?;
        let in_folder = |((name, identifier), tree): (&(&str, &str), Arc<CookbookTree>)| {
            Ok((path(&format!("cookbook_artifacts/{name}-{identifier}"))?, tree))
        };
        let mut cookbooks: Vec<InFolder> =
            wanted.iter().zip(trees).map(in_folder).collect::<Result<_, Error>>()?;
        cookbooks.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let of_group = json!({ "name": group, "policies": { name: { "revision_id": id } } });
        let documents = vec![
            Document {
                path: path(&format!("policies/{name}-{id}.json"))?,
                content: Made::new(stored),
            },
            Document {
                path: path(&format!("policy_groups/{group}.json"))?,
                content: Made::new(of_group.to_string().into_bytes()),
            },
        ];
        Ok(PolicyInRun { run_list, cookbooks, documents })
    }

    /// The run list of a policy, for a run that reads all else itself.
    pub(super) async fn run_list_of_policy(
        &self,
        caller: &Caller,
        scope: &Scope,
        followed: &FollowedPolicy,
    ) -> Result<RunList, Error> {
        let (revision, _) = self.followed_revision(caller, scope, followed).await?;
        Ok(revision.run_list)
    }
}

/// Nothing if the name of a file tells a name from an identifier.
fn no_dash(what: &str, name: &str, identifier: &str) -> Result<(), Error> {
    if identifier.contains('-') {
        return Err(chef_runs::dash_in_identifier(what, name, identifier).into());
    }
    Ok(())
}
