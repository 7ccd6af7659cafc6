//! `DELETE roles/NAME`.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Deletes a role; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let was = call.usecases().delete_role(&caller, call.parameter("role")).await?;
    Ok(Answer::stored(StatusCode::OK, was))
}
