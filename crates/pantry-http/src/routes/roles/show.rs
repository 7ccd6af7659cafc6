//! `GET roles/NAME`: a role, as it is stored.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Shows a role.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let stored = call.usecases().show_role(&caller, call.parameter("role")).await?;
    Ok(Answer::stored(StatusCode::OK, stored))
}
