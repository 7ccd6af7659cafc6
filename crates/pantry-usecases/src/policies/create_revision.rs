//! Making a revision of a policy.

use pantry_model::chef::PolicyRevision;
use pantry_model::refusals::policies;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{rest_on, revision_name};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes a revision that no group follows yet, and its policy with the first of them.
    pub async fn create_policy_revision(
        &self,
        caller: &Caller,
        new: &PolicyRevision,
    ) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let (policy, id) = (new.policy().as_str(), new.id().as_str());
                let mut write = self.write_as(&caller);
                match self.find(scope, Kind::Policy, policy).await? {
                    Some(there) => {
                        caller.require(Permission::Create, &there)?;
                        if self.revision(scope, policy, id).await?.is_some() {
                            return Err(policies::revision_taken(policy, id).into());
                        }
                        rest_on(&mut write, scope, &there);
                    }
                    None => self.add_policy(&mut write, &caller, (scope, policy), false).await?,
                }
                let name = revision_name(policy, id);
                write.create(scope, Kind::PolicyRevision, &name, new.stored());
                Ok((write, ()))
            }
        })
        .await
    }
}
