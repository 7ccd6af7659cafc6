//! `GET /users/NAME/organizations`.

use pantry_model::Error;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::organizations::document;

/// The organizations that a user belongs to, as far as the caller may know of them.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let views = call.usecases().applications_of_user(&caller, call.parameter("name")).await?;
    let items = views.iter().map(|view| json!({ "organization": document(view) }));
    Ok(Answer::ok(&items.collect::<Vec<Value>>()))
}
