//! Having a group follow a policy no more.

use pantry_model::refusals::policies;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::read;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Has a group follow a policy no more; gives what is stored of the revision that it followed.
    /// Policy, revision and group stay.
    pub async fn unfollow_policy(
        &self,
        caller: &Caller,
        group: &str,
        policy: &str,
    ) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let place = (scope, group, policy);
                let followed = self.followed_for(&caller, Permission::Delete, place).await?;
                let record = read(&followed)?;
                let revision = self.revision(scope, policy, record.revision.as_str()).await?;
                let revision = revision.ok_or_else(|| policies::not_in_group(policy, group))?;
                let mut write = self.write_as(&caller);
                write.delete(scope, Kind::PolicyInGroup, &followed.name, followed.hash);
                Ok((write, revision.body))
            }
        })
        .await
    }
}
