//! Listing whom an application has asked.

use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Scope};

use super::{InvitationRecord, InvitationView};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The invitations of an application that are not answered, by the user's name.
    pub async fn list_invitations(
        &self,
        caller: &Caller,
        application: &ApplicationName,
    ) -> Result<Vec<InvitationView>, Error> {
        self.permitted_application(caller, Permission::Read, application).await?;
        let scope = Scope::Application(application.clone());
        let found = self.store.documents(&scope, Kind::Invitation).await.map_err(to_error)?;
        let users = found.iter().map(|found| Ok(InvitationRecord::of(&found.body)?.user));
        let users: Vec<_> = users.collect::<Result<_, Error>>()?;
        let users = self.store.places(&users).await.map_err(to_error)?;
        let views = found.into_iter().zip(users).filter_map(|(found, user)| {
            let (id, application) = (found.name, application.clone());
            user.map(|user| InvitationView { id, application, user: user.name })
        });
        let mut views: Vec<_> = views.collect();
        views.sort_unstable_by(|one, other| one.user.cmp(&other.user));
        Ok(views)
    }
}
