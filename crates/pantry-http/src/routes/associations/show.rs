//! `GET /organizations/NAME/users/NAME`.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::users::document;

/// One member, as `GET /users/NAME` tells it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (organization, name) = (call.organization()?, call.parameter("name"));
    let view = call.usecases().show_association(&caller, organization, name).await?;
    Ok(Answer::ok(&document(view, call.version())))
}
