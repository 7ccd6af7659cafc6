//! Taking a user out of an application, and out of its admins.

use pantry_model::refusals::request;
use pantry_model::{Error, Permission, UserName};
use pantry_store::{Kind, Scope};

use super::within;
use crate::UseCases;
use crate::applications::furnish::ADMINS;
use crate::associations::named_user;
use crate::callers::Caller;
use crate::objects::{Named, leave};

impl UseCases {
    /// Makes a user no longer belong to the application that the caller asks about, nor be one of
    /// its admins. An admin can only be taken out by someone who may change who they are.
    pub async fn remove_member(&self, caller: &Caller, user: &UserName) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let application = within(&caller)?;
            let (user, association) = self.known_member(application, user.as_str()).await?;
            self.may_end(&caller, application, &user).await?;
            let mut write = self.write_as(&caller);
            if let Some(admins) = self.admins_with(application, &user).await? {
                if !caller.is_superuser() && !caller.holds(Permission::Update, &admins.acl) {
                    return Err(request::missing_permission(Permission::Update).into());
                }
                let scope = Scope::Application(application.clone());
                let admins = Named::new(&scope, Kind::Group, ADMINS, admins.id);
                leave(&mut write, &admins, &named_user(&user));
            }
            self.dissociate(&mut write, application, &user, &association).await?;
            Ok((write, ()))
        })
        .await
    }
}
