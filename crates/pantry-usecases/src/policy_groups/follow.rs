//! Having a group follow a revision of a policy: what a push does. Whatever of the three is not
//! there yet is made.

use pantry_model::chef::PolicyRevision;
use pantry_model::{Error, Permission, PolicyGroupName};
use pantry_store::{Document, Kind, Scope, Write};

use super::{CONTAINER, PolicyGroupRecord, PolicyInGroupRecord, read, stored_name};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_json;
use crate::objects::inherited;
use crate::policies::{count, revision_name};

impl UseCases {
    /// Has a group follow this revision of a policy; tells whether it followed none of that policy
    /// before. A revision that is there stays as it is.
    pub async fn follow_policy(
        &self,
        caller: &Caller,
        group: &PolicyGroupName,
        revision: &PolicyRevision,
    ) -> Result<bool, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let (group, policy) = (group.as_str(), revision.policy().as_str());
                let followed = self.followed(scope, group, policy).await?;
                let mut write = self.write_as(&caller);
                // The original asks for the group's permission first.
                self.group_to_follow(&mut write, &caller, (scope, group)).await?;
                let there = self.find(scope, Kind::Policy, policy).await?;
                if let Some(there) = &there {
                    caller.require(Permission::Update, there)?;
                }
                let is_new = followed.is_none();
                if !change(&mut write, (scope, group), revision, followed.as_ref())? {
                    return Ok((self.write_as(&caller), is_new));
                }
                match &there {
                    Some(there) => count(&mut write, scope, there)?,
                    None => self.add_policy(&mut write, &caller, (scope, policy), true).await?,
                }
                self.revision_to_follow(&mut write, scope, revision).await?;
                Ok((write, is_new))
            }
        })
        .await
    }

    /// Rests a write on a group, or adds it.
    async fn group_to_follow(
        &self,
        write: &mut Write,
        caller: &Caller,
        (scope, group): (&Scope, &str),
    ) -> Result<(), Error> {
        if let Some(there) = self.find(scope, Kind::PolicyGroup, group).await? {
            caller.require(Permission::Update, &there)?;
            write.expect(scope, Kind::PolicyGroup, group, Some(there.document.hash));
            return Ok(());
        }
        let container = self.container(caller, Permission::Create, scope, CONTAINER).await?;
        let body = to_json(&PolicyGroupRecord { created_at: write.at });
        let acl = inherited(&container, caller);
        write.create_object(scope, Kind::PolicyGroup, group, self.new_id(), body, acl);
        Ok(())
    }

    /// Rests a write on a revision, or adds it.
    async fn revision_to_follow(
        &self,
        write: &mut Write,
        scope: &Scope,
        revision: &PolicyRevision,
    ) -> Result<(), Error> {
        let (policy, id) = (revision.policy().as_str(), revision.id().as_str());
        let name = revision_name(policy, id);
        match self.revision(scope, policy, id).await? {
            Some(there) => write.expect(scope, Kind::PolicyRevision, &name, Some(there.hash)),
            None => write.create(scope, Kind::PolicyRevision, &name, revision.stored()),
        }
        Ok(())
    }
}

/// Adds to a write that a group follows a revision; tells whether that is anything new.
fn change(
    write: &mut Write,
    (scope, group): (&Scope, &str),
    revision: &PolicyRevision,
    followed: Option<&Document>,
) -> Result<bool, Error> {
    let record = PolicyInGroupRecord { revision: revision.id().clone(), since: write.at };
    let (kind, body) = (Kind::PolicyInGroup, to_json(&record));
    match followed {
        Some(followed) if read(followed)?.revision == record.revision => return Ok(false),
        Some(followed) => write.update(scope, kind, &followed.name, followed.hash, body),
        None => {
            let name = stored_name(group, revision.policy().as_str());
            write.create(scope, kind, &name, body);
        }
    }
    Ok(true)
}
