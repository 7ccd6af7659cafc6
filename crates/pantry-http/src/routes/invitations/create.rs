//! `POST /organizations/NAME/association_requests`.

use pantry_model::Error;
use pantry_model::chef::NewInvitation;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Invites a user.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let NewInvitation { user } = NewInvitation::read(&call.object()?)?;
    let caller = call.caller()?;
    let organization = call.organization()?;
    let sent = call.usecases().invite(&caller, organization, &user).await?;
    let id = &sent.invitation.id;
    let uri = call.url(&["organizations", organization.as_str(), "association_requests", id]);
    let body = json!({
        "uri": uri,
        "organization_user": { "username": caller.name() },
        "organization": { "name": organization },
        "user": { "email": sent.email, "first_name": sent.first_name },
    });
    Ok(Answer::created_at(&uri, &body))
}
