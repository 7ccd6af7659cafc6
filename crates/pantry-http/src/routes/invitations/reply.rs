//! `PUT /users/NAME/association_requests/ID`.

use pantry_model::Error;
use pantry_model::chef::InvitationReply;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// Accepts or rejects an invitation; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let reply = InvitationReply::read(&call.object()?)?;
    let caller = call.caller()?;
    let (name, id) = (call.parameter("name"), call.parameter("id"));
    let was = call.usecases().answer_invitation(&caller, name, id, reply).await?;
    Ok(Answer::ok(&document(&was)))
}
