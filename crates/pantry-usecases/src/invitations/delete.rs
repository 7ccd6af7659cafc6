//! Taking an invitation back.

use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};

use super::InvitationView;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// Takes an invitation back before it is answered; whoever may invite may do it. Gives what it
    /// was. One of another application is not found here: the original would name that application,
    /// and applications must not hear of each other.
    pub async fn withdraw_invitation(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        id: &str,
    ) -> Result<InvitationView, Error> {
        self.decide_as(caller, |caller| async move {
            let found = self.invitation(id).await?;
            let found = found.filter(|invitation| invitation.application == *application);
            let found = found.ok_or_else(|| associations::no_such_invitation(id))?;
            let (update, delete) = (Permission::Update, Permission::Delete);
            self.application_for(&caller, update, delete, application).await?;
            let user = self.store.places(&[found.record.user]).await.map_err(to_error)?;
            let user = user.into_iter().flatten().next().map(|user| user.name);
            let mut write = self.write_as(&caller);
            found.delete(&mut write);
            Ok((write, found.view(&user.unwrap_or_default())))
        })
        .await
    }
}
