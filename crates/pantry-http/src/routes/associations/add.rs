//! `POST /organizations/NAME/users`: a user belongs to the organization, without being asked.

use pantry_model::Error;
use pantry_model::chef::NewMember;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Adds a member. The original's answer has no body.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let NewMember { username } = NewMember::read(&call.object()?)?;
    let caller = call.caller()?;
    let organization = call.organization()?;
    call.usecases().create_association(&caller, organization, &username).await?;
    let uri = call.url(&["organizations", organization.as_str(), "users", &username]);
    Ok(Answer::created_at(&uri, &json!({ "uri": uri })))
}
