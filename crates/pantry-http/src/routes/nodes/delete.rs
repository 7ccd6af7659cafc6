//! `DELETE nodes/NAME`.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Deletes a node; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let was = call.usecases().delete_node(&caller, call.parameter("name")).await?;
    Ok(Answer::stored(StatusCode::OK, was))
}
