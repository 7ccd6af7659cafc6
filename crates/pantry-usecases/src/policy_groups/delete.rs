//! Deleting a policy group.

use std::collections::BTreeMap;

use pantry_model::{Error, Permission};
use pantry_store::{Change, Kind};

use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Deletes a group; gives the policies that it followed, which stay, and the ids of the
    /// revisions. The ledger names the group alone.
    pub async fn delete_policy_group(
        &self,
        caller: &Caller,
        group: &str,
    ) -> Result<BTreeMap<String, String>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let place = (scope, group);
                let there = self.policy_group_for(&caller, Permission::Delete, place).await?;
                let followed = self.followed_by(scope, group).await?;
                let mut write = self.write_as(&caller);
                write.delete(scope, Kind::PolicyGroup, group, there.document.hash);
                let (kind, parent) = (Kind::PolicyInGroup, group.to_owned());
                write.changes.push(Change::DeleteUnder { scope: scope.clone(), kind, parent });
                Ok((write, followed))
            }
        })
        .await
    }
}
