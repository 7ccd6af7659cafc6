//! Listing which applications have asked a user.

use pantry_model::{Error, Permission};

use super::InvitationView;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// A user's invitations that it has not answered, by application. They are told to the user
    /// itself and to superusers; that someone may read the user is not enough.
    pub async fn invitations_of_user(
        &self,
        caller: &Caller,
        user: &str,
    ) -> Result<Vec<InvitationView>, Error> {
        let user = self.known_user(user).await?;
        if caller.id() != Some(user.id) {
            caller.require_superuser(Permission::Read)?;
        }
        let found = self.invitations_to(&user).await?;
        let view = |(application, id)| {
            let user = user.document.name.clone();
            InvitationView { id, application, user }
        };
        Ok(found.into_iter().map(view).collect())
    }
}
