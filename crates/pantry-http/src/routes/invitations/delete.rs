//! `DELETE /organizations/NAME/association_requests/ID`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// Takes an invitation back; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (organization, id) = (call.organization()?, call.parameter("id"));
    let was = call.usecases().withdraw_invitation(&caller, organization, id).await?;
    Ok(Answer::ok(&document(&was)))
}
