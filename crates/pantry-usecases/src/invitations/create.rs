//! Asking a user to belong to an application.

use pantry_model::refusals::associations;
use pantry_model::{Acl, ApplicationName, Error, Permission};
use pantry_store::{Kind, Object, Scope};
use serde_json::Value;

use super::{InvitationRecord, InvitationView};
use crate::UseCases;
use crate::associations::named_user;
use crate::callers::Caller;
use crate::fault::to_json;
use crate::objects::{Named, join};
use crate::users::UserRecord;

/// An invitation that was sent, with what is told of the user to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentInvitation {
    /// The invitation.
    pub invitation: InvitationView,
    /// The user's address; null if it has none.
    pub email: Value,
    /// The user's first name; null if it has none.
    pub first_name: Value,
}

impl UseCases {
    /// Asks a user to belong to an application. Whoever may change the application may ask.
    pub async fn invite(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<SentInvitation, Error> {
        self.decide_as(caller, |caller| async move {
            let user = self.known_user(user).await?;
            let (update, create) = (Permission::Update, Permission::Create);
            self.application_for(&caller, update, create, application).await?;
            if self.association(application, &user).await?.is_some() {
                return Err(associations::exists().into());
            }
            let open = self.invitations_to(&user).await?;
            if open.iter().any(|(to, _)| to == application) {
                return Err(associations::invited().into());
            }

            let mut write = self.write_as(&caller);
            let (scope, id) = (Scope::Application(application.clone()), self.new_id());
            let (kind, name) = (Kind::Invitation, id.to_string());
            let record = InvitationRecord { user: user.id, inviter: caller.actor()?.actor.id };
            write.create_object(&scope, kind, &name, id, to_json(&record), Acl::default());
            // This moves the generation of `_global`, so that of two invitations that are sent at
            // once the second finds the first.
            join(&mut write, &Named::new(&scope, kind, &name, id), &named_user(&user));
            Ok((write, sent(name, application, &user)?))
        })
        .await
    }
}

fn sent(id: String, application: &ApplicationName, user: &Object) -> Result<SentInvitation, Error> {
    let mut profile = UserRecord::read(&user.document)?.profile;
    let mut take = |field| profile.remove(field).unwrap_or_default();
    let (email, first_name) = (take("email"), take("first_name"));
    let (application, user) = (application.clone(), user.document.name.clone());
    Ok(SentInvitation { invitation: InvitationView { id, application, user }, email, first_name })
}
