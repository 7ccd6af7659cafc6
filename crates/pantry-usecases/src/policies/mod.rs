//! Policies and their revisions. A revision has no access control list: its policy's counts. It
//! never changes, so whoever has its id has its content.

mod create_revision;
mod delete;
mod delete_revision;
mod list;
mod show;
mod show_revision;

use pantry_model::refusals::policies;
use pantry_model::{Error, Permission};
use pantry_store::{Document, Kind, Object, Scope, Write};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, to_json, unreadable};
use crate::objects::inherited;

/// The name of their container.
const CONTAINER: &str = "policies";

/// What is stored of a policy: how often a group was told to follow a revision of it. Whoever
/// deletes a policy or a revision deletes with it that groups follow it, and by this number knows
/// that it has seen all of them.
#[derive(Serialize, Deserialize)]
struct PolicyRecord {
    followed: u64,
}

/// A revision's stored name.
pub(crate) fn revision_name(policy: &str, revision: &str) -> String {
    format!("{policy}/{revision}")
}

impl UseCases {
    /// A policy on which the caller holds a permission.
    async fn policy_for(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, policy): (&Scope, &str),
    ) -> Result<Object, Error> {
        let missing = || policies::policy_not_found(policy);
        self.permitted(caller, permission, (scope, Kind::Policy, policy), missing).await
    }

    /// A revision, with its policy, on which the caller holds a permission.
    async fn revision_for(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, policy, revision): (&Scope, &str, &str),
    ) -> Result<(Object, Document), Error> {
        let missing = || policies::revision_not_found(policy, revision);
        let found = self.revision(scope, policy, revision).await?.ok_or_else(missing)?;
        let place = (scope, Kind::Policy, policy);
        Ok((self.permitted(caller, permission, place, missing).await?, found))
    }

    /// A revision of a policy.
    pub(crate) async fn revision(
        &self,
        scope: &Scope,
        policy: &str,
        revision: &str,
    ) -> Result<Option<Document>, Error> {
        let name = revision_name(policy, revision);
        self.store.document(scope, Kind::PolicyRevision, &name).await.map_err(to_error)
    }

    /// Adds a policy that is not there yet to a write, which a group may follow from the start.
    pub(crate) async fn add_policy(
        &self,
        write: &mut Write,
        caller: &Caller,
        (scope, policy): (&Scope, &str),
        is_followed: bool,
    ) -> Result<(), Error> {
        let container = self.container(caller, Permission::Create, scope, CONTAINER).await?;
        let body = to_json(&PolicyRecord { followed: u64::from(is_followed) });
        let acl = inherited(&container, caller);
        write.create_object(scope, Kind::Policy, policy, self.new_id(), body, acl);
        Ok(())
    }
}

/// Makes a write rest on a policy's being there, and on the groups that follow it.
pub(crate) fn rest_on(write: &mut Write, scope: &Scope, policy: &Object) {
    let Document { name, hash, .. } = &policy.document;
    write.expect(scope, Kind::Policy, name, Some(*hash));
}

/// Counts with a policy that a group was told to follow a revision of it.
pub(crate) fn count(write: &mut Write, scope: &Scope, policy: &Object) -> Result<(), Error> {
    let Document { name, body, hash } = &policy.document;
    let PolicyRecord { followed } =
        serde_json::from_slice(body).map_err(|error| unreadable("policy", &error))?;
    let body = to_json(&PolicyRecord { followed: followed.saturating_add(1) });
    write.update(scope, Kind::Policy, name, *hash, body);
    Ok(())
}
