//! Ending that a user belongs to an application.

use super::MemberView;
use crate::UseCases;
use crate::callers::Caller;
use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};

impl UseCases {
    /// Makes a user no longer belong to an application; everybody may leave. Gives what it was.
    ///
    /// Whoever is directly in the group `admins` must be taken out of it first, so that nobody
    /// leaves an application without those who manage it by one careless request.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<MemberView, Error> {
        self.decide_as(caller, |caller| async move {
            let (user, association) = self.known_member(application, user).await?;
            if caller.id() != Some(user.id) {
                self.permitted_application(&caller, Permission::Update, application).await?;
                caller.require(Permission::Read, &user)?;
            }
            if let Some(admins) = self.admins(application).await?
                && self.is_in(&admins, &user).await?
            {
                return Err(associations::is_admin(&user.document.name).into());
            }
            let mut write = self.write_as(&caller);
            self.dissociate(&mut write, application, &user, &association).await?;
            Ok((write, self.member_view(&user).await?))
        })
        .await
    }
}
