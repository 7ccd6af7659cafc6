//! `GET environments/NAME`: an environment, as it is stored.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Shows an environment.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let stored = call.usecases().show_environment(&caller, call.parameter("environment")).await?;
    Ok(Answer::stored(StatusCode::OK, stored))
}
