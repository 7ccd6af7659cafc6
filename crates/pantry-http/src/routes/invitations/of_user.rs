//! `GET /users/NAME/association_requests`.

use pantry_model::Error;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The organizations that have invited a user, and have had no answer.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let found = call.usecases().invitations_of_user(&caller, call.parameter("name")).await?;
    let items = found.iter().map(|it| json!({ "id": it.id, "orgname": it.application }));
    Ok(Answer::ok(&items.collect::<Vec<Value>>()))
}
