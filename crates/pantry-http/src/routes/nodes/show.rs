//! `GET nodes/NAME`: a node, as it is stored.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Shows a node.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let stored = call.usecases().show_node(&caller, call.parameter("name")).await?;
    Ok(Answer::stored(StatusCode::OK, stored))
}
