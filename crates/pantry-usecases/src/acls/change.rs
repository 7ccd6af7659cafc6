//! Giving permissions to one more, and taking them from one, as Pantry's own command line does.

use pantry_model::commands::acl::{AclObject, Holder};
use pantry_model::{Error, Permission};

use super::AclOf;
use crate::UseCases;
use crate::callers::Caller;
use crate::objects::set_acl;

impl UseCases {
    /// Gives permissions on an object of the application to one more holder.
    pub async fn grant_permissions(
        &self,
        caller: &Caller,
        object: &AclObject,
        permissions: &[Permission],
        holder: &Holder,
    ) -> Result<(), Error> {
        self.change_permissions(caller, object, permissions, holder, true).await
    }

    /// Takes permissions on an object of the application from one holder.
    pub async fn revoke_permissions(
        &self,
        caller: &Caller,
        object: &AclObject,
        permissions: &[Permission],
        holder: &Holder,
    ) -> Result<(), Error> {
        self.change_permissions(caller, object, permissions, holder, false).await
    }

    async fn change_permissions(
        &self,
        caller: &Caller,
        object: &AclObject,
        permissions: &[Permission],
        holder: &Holder,
        is_given: bool,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let secured = self.commanded(&caller, object, Permission::Update).await?;
            secured.may_change(AclOf::command(object)?)?;
            let holder = self.holder_id(&secured.within, holder).await?;
            let mut acl = secured.acl.clone();
            for &permission in permissions {
                if is_given {
                    acl.add(permission, holder);
                } else {
                    acl.remove(permission, holder);
                }
            }
            let keeps = |id| acl.holders(Permission::Grant).contains(&id);
            self.admins_keep_grant(&caller, &secured, keeps).await?;
            let mut write = self.write_as(&caller);
            if acl != secured.acl {
                set_acl(&mut write, &secured.named, acl);
            }
            Ok((write, ()))
        })
        .await
    }
}
