//! Deleting a policy.

use pantry_model::{Error, Permission};
use pantry_store::{Change, Kind};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::policy_groups::parts;

impl UseCases {
    /// Deletes a policy with all its revisions, whose ids it gives; no group follows it any more. The
    /// ledger names the policy alone.
    pub async fn delete_policy(&self, caller: &Caller, policy: &str) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.policy_for(&caller, Permission::Delete, (scope, policy)).await?;
                let revisions = self.revisions_of(scope, policy).await?;
                let groups =
                    self.store.names(scope, Kind::PolicyInGroup).await.map_err(to_error)?;
                let mut write = self.write_as(&caller);
                write.delete(scope, Kind::Policy, policy, there.document.hash);
                let (kind, parent) = (Kind::PolicyRevision, policy.to_owned());
                write.changes.push(Change::DeleteUnder { scope: scope.clone(), kind, parent });
                let following = groups.into_iter().filter(|name| parts(name).1 == policy);
                write.changes.extend(following.map(|name| Change::Delete {
                    scope: scope.clone(),
                    kind: Kind::PolicyInGroup,
                    name,
                }));
                Ok((write, revisions))
            }
        })
        .await
    }
}
