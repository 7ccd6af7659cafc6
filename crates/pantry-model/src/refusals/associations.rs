//! Sentences about who belongs to an organization, and who is asked to.

use super::{Class, Refusal};
use crate::names::ApplicationName;

/// There is such a user, who does not belong to the organization.
pub fn no_such_member(user: &str, application: &ApplicationName) -> Refusal {
    let sentence = format!("Cannot find a user {user} in organization {application}");
    Refusal::bare(Class::NotFound, sentence)
}

/// The user belongs to the organization already.
pub fn exists() -> Refusal {
    Refusal::bare(Class::Conflict, "The association already exists.")
}

/// The user is one of the organization's admins, of whom it must not be deprived by accident.
pub fn is_admin(user: &str) -> Refusal {
    let sentence = format!(
        "Please remove {user} from this organization's admins group before removing him or her \
         from the organization."
    );
    Refusal::bare(Class::Forbidden, sentence)
}

/// The user has been invited already, and has not answered.
pub fn invited() -> Refusal {
    Refusal::bare(Class::Conflict, "The invite already exists.")
}

/// There is no such invitation.
pub fn no_such_invitation(id: &str) -> Refusal {
    Refusal::bare(Class::NotFound, format!("Cannot find association request: {id}"))
}

/// Whoever has sent the invitation may no longer invite.
pub fn invitation_void() -> Refusal {
    let sentence = "This invitation is no longer valid. Please notify an administrator and request \
                    to be re-invited to the organization.";
    Refusal::bare(Class::Forbidden, sentence)
}

/// The answer to an invitation is none of the two that there are.
pub fn neither_accepted_nor_rejected() -> Refusal {
    Refusal::listed(Class::Invalid, "Param response must be either 'accept' or 'reject'")
}
