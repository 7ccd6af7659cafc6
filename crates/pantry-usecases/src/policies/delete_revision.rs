//! Deleting a revision of a policy.

use pantry_model::{Error, Permission};
use pantry_store::{Change, Kind};

use super::rest_on;
use crate::UseCases;
use crate::callers::Caller;
use crate::policy_groups::stored_name;

impl UseCases {
    /// Deletes a revision; gives what was stored of it. Groups that followed it follow none, and its
    /// policy stays, be it without any.
    pub async fn delete_policy_revision(
        &self,
        caller: &Caller,
        policy: &str,
        revision: &str,
    ) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let place = (scope, policy, revision);
                let (of, there) = self.revision_for(&caller, Permission::Delete, place).await?;
                let groups = self.groups_that_follow(scope, policy, revision).await?;
                let mut write = self.write_as(&caller);
                rest_on(&mut write, scope, &of);
                write.delete(scope, Kind::PolicyRevision, &there.name, there.hash);
                write.changes.extend(groups.iter().map(|group| Change::Delete {
                    scope: scope.clone(),
                    kind: Kind::PolicyInGroup,
                    name: stored_name(group, policy),
                }));
                Ok((write, there.body))
            }
        })
        .await
    }
}
