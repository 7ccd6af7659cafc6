//! Asking users to belong to an application, and what they say to it.
//!
//! An invitation is an object in the application's scope, named by its own id, with the user as its
//! one member: so it is found by its id, and by its user, and ends with either of them. It holds no
//! rights. Whoever has sent it must still be one who may invite when it is accepted.

mod answer;
mod create;
mod delete;
mod list;
mod of_user;

pub use create::SentInvitation;

use pantry_model::{ApplicationName, Error, ObjectId};
use pantry_store::{Kind, Object, Place, Scope, Write};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::fault::{to_error, unreadable};

/// What is stored of an invitation.
#[derive(Clone, Serialize, Deserialize)]
struct InvitationRecord {
    /// Who is asked.
    user: ObjectId,
    /// Who asks.
    inviter: ObjectId,
}

impl InvitationRecord {
    fn of(body: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(body).map_err(|error| unreadable("invitation", &error))
    }
}

/// An invitation, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// What it is known by.
    pub id: String,
    /// To which application.
    pub application: ApplicationName,
    /// Which user.
    pub user: String,
}

/// An invitation that was found.
struct Invitation {
    application: ApplicationName,
    object: Object,
    record: InvitationRecord,
}

impl Invitation {
    fn scope(&self) -> Scope {
        Scope::Application(self.application.clone())
    }

    /// Adds to a write that it is over.
    fn delete(&self, write: &mut Write) {
        let (name, read) = (&self.object.document.name, self.object.document.hash);
        write.delete(&self.scope(), Kind::Invitation, name, read);
    }

    fn view(&self, user: &str) -> InvitationView {
        let (id, user) = (self.object.document.name.clone(), user.to_owned());
        InvitationView { id, application: self.application.clone(), user }
    }
}

impl UseCases {
    /// The invitation with this id, of whichever application; any text may be asked for.
    async fn invitation(&self, id: &str) -> Result<Option<Invitation>, Error> {
        let Ok(id) = id.parse::<ObjectId>() else {
            return Ok(None);
        };
        let place = self.store.places(&[id]).await.map_err(to_error)?.pop().flatten();
        let Some(Place { scope, kind: Kind::Invitation, name }) = place else {
            return Ok(None);
        };
        // It may be answered at this moment.
        let found = self.find(&scope, Kind::Invitation, &name).await?;
        match (scope, found) {
            (Scope::Application(application), Some(object)) => {
                let record = InvitationRecord::of(&object.document.body)?;
                Ok(Some(Invitation { application, object, record }))
            }
            _ => Ok(None),
        }
    }

    /// The invitations of a user that it has not answered, by application: to which each is, and
    /// its id.
    async fn invitations_to(&self, user: &Object) -> Result<Vec<(ApplicationName, String)>, Error> {
        let member_of = self.store.member_of(user.id).await.map_err(to_error)?;
        let invitations = member_of.into_iter().filter_map(|(_, place)| match place {
            Place { scope: Scope::Application(to), kind: Kind::Invitation, name } => {
                Some((to, name))
            }
            _ => None,
        });
        Ok(invitations.collect())
    }
}
