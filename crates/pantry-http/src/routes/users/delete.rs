//! `DELETE /users/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// The user as it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let user = call.usecases().delete_user(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(user, call.version())))
}
