//! Showing a user as a member of an application.

use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::Object;

use crate::UseCases;
use crate::callers::Caller;
use crate::users::UserView;

impl UseCases {
    /// One user that belongs to an application.
    pub async fn show_association(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<UserView, Error> {
        let (user, _) = self.known_member(application, user).await?;
        self.permitted_application(caller, Permission::Read, application).await?;
        caller.require(Permission::Read, &user)?;
        self.user_view(&user).await
    }

    /// A user and what says that it belongs to an application. A user that does not is not found.
    pub(crate) async fn known_member(
        &self,
        application: &ApplicationName,
        name: &str,
    ) -> Result<(Object, Object), Error> {
        let user = self.known_user(name).await?;
        let association = self.association(application, &user).await?;
        let association =
            association.ok_or_else(|| associations::no_such_member(name, application))?;
        Ok((user, association))
    }
}
