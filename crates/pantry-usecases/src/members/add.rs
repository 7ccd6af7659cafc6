//! Letting a user into an application, as one of its admins or not.

use pantry_model::refusals::associations;
use pantry_model::{Error, Permission, UserName};
use pantry_store::{Kind, Scope};

use super::within;
use crate::UseCases;
use crate::applications::furnish::ADMINS;
use crate::associations::named_user;
use crate::callers::Caller;
use crate::objects::{Named, join};

impl UseCases {
    /// Makes a user belong to the application that the caller asks about, and be one of its admins
    /// if it is to. A member can so be made an admin later. Only a superuser may do it: everyone
    /// else asks the user, by an invitation.
    pub async fn add_member(
        &self,
        caller: &Caller,
        user: &UserName,
        admin: bool,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let application = within(&caller)?;
            let user = self.known_user(user.as_str()).await?;
            caller.require_superuser(Permission::Create)?;
            self.application(application).await?;
            let is_new = self.association(application, &user).await?.is_none();
            let rises = admin && self.admins_with(application, &user).await?.is_none();
            if !is_new && !rises {
                return Err(associations::exists().into());
            }
            let mut write = self.write_as(&caller);
            if is_new {
                self.associate(&mut write, application, &user).await?;
            }
            if rises {
                let scope = Scope::Application(application.clone());
                let admins = self.find(&scope, Kind::Group, ADMINS).await?;
                let admins = admins.ok_or_else(|| groupless(&scope))?;
                let admins = Named::new(&scope, Kind::Group, ADMINS, admins.id);
                join(&mut write, &admins, &named_user(&user));
            }
            Ok((write, ()))
        })
        .await
    }
}

fn groupless(scope: &Scope) -> Error {
    Error::Invalid(format!("the application `{scope}` has no group `{ADMINS}`"))
}
