//! Ending that a user belongs to an application.

use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Object, Scope};

use crate::UseCases;
use crate::applications::furnish::ADMINS;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::users::UserView;

impl UseCases {
    /// Makes a user no longer belong to an application; everybody may leave. Gives what it was.
    ///
    /// Whoever is directly in the group `admins` must be taken out of it first, so that nobody
    /// leaves an application without those who manage it by one careless request.
    pub async fn delete_association(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<UserView, Error> {
        self.decide_as(caller, |caller| async move {
            let (user, association) = self.known_member(application, user).await?;
            self.may_end(&caller, application, &user).await?;
            if self.admins_with(application, &user).await?.is_some() {
                return Err(associations::is_admin(&user.document.name).into());
            }
            let mut write = self.write_as(&caller);
            self.dissociate(&mut write, application, &user, &association).await?;
            Ok((write, self.user_view(&user).await?))
        })
        .await
    }

    /// Nothing if the caller may make a user no longer belong to an application: everybody may
    /// leave, and whoever may change the application and see the user may make it leave.
    pub(crate) async fn may_end(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &Object,
    ) -> Result<(), Error> {
        if caller.id() == Some(user.id) {
            return Ok(());
        }
        self.permitted_application(caller, Permission::Update, application).await?;
        caller.require(Permission::Read, user)
    }

    /// The group `admins` of an application, if a user is directly in it.
    pub(crate) async fn admins_with(
        &self,
        application: &ApplicationName,
        user: &Object,
    ) -> Result<Option<Object>, Error> {
        let scope = Scope::Application(application.clone());
        let Some(admins) = self.find(&scope, Kind::Group, ADMINS).await? else {
            return Ok(None);
        };
        // What one user is in, and not all who are in the group.
        let member_of = self.store.member_of(user.id).await.map_err(to_error)?;
        Ok(member_of.iter().any(|(id, _)| *id == admins.id).then_some(admins))
    }
}
