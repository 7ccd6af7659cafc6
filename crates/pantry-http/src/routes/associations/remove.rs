//! `DELETE /organizations/NAME/users/NAME`: a user no longer belongs to the organization.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::users::document;

/// Removes a member; the answer is the user.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (organization, name) = (call.organization()?, call.parameter("name"));
    let view = call.usecases().delete_association(&caller, organization, name).await?;
    Ok(Answer::ok(&document(view, call.version())))
}
