//! Replacing those who hold one permission on an object.

use pantry_model::chef::AceUpdate;
use pantry_model::{Error, Permission};

use super::AclOf;
use super::holders::group_ids;
use crate::UseCases;
use crate::callers::Caller;
use crate::objects::set_acl;

impl UseCases {
    /// Gives a permission on an object to exactly these. Whoever holds *grant* may give that away
    /// too, but not that of the group `admins`.
    pub async fn update_ace(
        &self,
        caller: &Caller,
        of: AclOf<'_>,
        update: &AceUpdate,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let secured = self.grantable(&caller, of, Permission::Update).await?;
            secured.may_change(of)?;
            let groups = self.groups_named(&secured.within, &update.groups).await?;
            if update.permission == Permission::Grant {
                let named = |id| groups.iter().flatten().any(|group| group.id == id);
                self.admins_keep_grant(&caller, &secured, named).await?;
            }
            let mut holders = self.actor_ids(&secured.within, &update.actors).await?;
            holders.extend(group_ids(&update.groups, groups)?);
            let mut acl = secured.acl;
            acl.set(update.permission, holders);
            let mut write = self.write_as(&caller);
            set_acl(&mut write, &secured.named, acl);
            Ok((write, ()))
        })
        .await
    }
}
