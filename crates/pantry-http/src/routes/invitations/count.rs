//! `GET /users/NAME/association_requests/count`.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// How many organizations have invited a user, and have had no answer.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let found = call.usecases().invitations_of_user(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&json!({ "value": found.len() })))
}
