//! What a user says to an invitation.

use pantry_model::chef::InvitationReply;
use pantry_model::refusals::{associations, request};
use pantry_model::{Error, ObjectId, Permission};
use pantry_store::{Object, Write};

use super::{Invitation, InvitationView};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// Accepts or rejects an invitation, as the user itself or as someone who may grant rights on
    /// it. Whatever comes of it, the invitation is over, also if it can no longer be accepted:
    /// because who sent it may not invite any more, or the user belongs to the application already.
    pub async fn answer_invitation(
        &self,
        caller: &Caller,
        user: &str,
        id: &str,
        reply: InvitationReply,
    ) -> Result<InvitationView, Error> {
        self.decide_as(caller, |caller| async move {
            let user = self.known_user(user).await?;
            if caller.id() != Some(user.id) && !caller.holds(Permission::Grant, &user.acl) {
                // The original names the permission that the method needs elsewhere.
                return Err(request::missing_permission(Permission::Update).into());
            }
            let found = self.invitation(id).await?;
            let found = found.filter(|invitation| invitation.record.user == user.id);
            let found = found.ok_or_else(|| associations::no_such_invitation(id))?;
            let mut write = self.write_as(&caller);
            let accepted = match reply {
                InvitationReply::Accept => self.accept(&mut write, &found, &user).await,
                InvitationReply::Reject => Ok(()),
            };
            match accepted {
                Ok(()) => {
                    found.delete(&mut write);
                    Ok((write, Ok(found.view(&user.document.name))))
                }
                Err(Error::Refused(refusal)) => {
                    let mut over = self.write_as(&caller);
                    found.delete(&mut over);
                    Ok((over, Err(refusal)))
                }
                Err(error) => Err(error),
            }
        })
        .await?
        .map_err(Error::from)
    }

    /// Adds to a write that the user belongs to the application, on the word of whoever invited it.
    async fn accept(
        &self,
        write: &mut Write,
        invitation: &Invitation,
        user: &Object,
    ) -> Result<(), Error> {
        let inviter = self.inviter(invitation).await?.ok_or_else(associations::invitation_void)?;
        let application = &invitation.application;
        let may = self.permitted_application(&inviter, Permission::Update, application).await;
        may.map_err(|error| match error {
            Error::Refused(_) => associations::invitation_void().into(),
            error => error,
        })?;
        // Who invited must not lose the right to between this look and the write.
        inviter.answer_for(write);
        self.associate(write, application, user).await
    }

    /// Whoever has sent an invitation, as it stands now; `None` if it is gone, or has left the
    /// application.
    async fn inviter(&self, invitation: &Invitation) -> Result<Option<Caller>, Error> {
        let id: ObjectId = invitation.record.inviter;
        let place = self.store.places(&[id]).await.map_err(to_error)?.pop().flatten();
        let Some(place) = place else {
            return Ok(None);
        };
        let within = Some(&invitation.application);
        let known = self.known(within, &place.name).await?;
        let which = known.candidates().iter().position(|one| one.actor.id == id);
        let inviter = which.and_then(|which| Caller::new(known, which, within.cloned(), None));
        Ok(inviter.filter(Caller::belongs))
    }
}
