//! `DELETE environments/NAME`.

use hyper::StatusCode;
use pantry_model::Error;

use super::unchangeable;
use crate::answer::Answer;
use crate::call::Call;

/// Deletes an environment; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let name = call.parameter("environment");
    if let Some(answer) = unchangeable(name) {
        return Ok(answer);
    }
    let caller = call.caller()?;
    let was = call.usecases().delete_environment(&caller, name).await?;
    Ok(Answer::stored(StatusCode::OK, was))
}
