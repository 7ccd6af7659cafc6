//! Showing a revision of a policy.

use pantry_model::{Error, Permission};

use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// A revision as it is stored, and the groups that follow it, in the order in which they came to
    /// that.
    pub async fn show_policy_revision(
        &self,
        caller: &Caller,
        policy: &str,
        revision: &str,
    ) -> Result<(Vec<u8>, Vec<String>), Error> {
        let scope = self.scope_of(caller)?;
        let place = (&scope, policy, revision);
        let (_, found) = self.revision_for(caller, Permission::Read, place).await?;
        let groups = self.groups_that_follow(&scope, policy, revision).await?;
        Ok((found.body, groups))
    }
}
