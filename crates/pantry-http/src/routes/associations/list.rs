//! `GET /organizations/NAME/users`.

use pantry_model::Error;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The names of all members.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_associations(&caller, call.organization()?).await?;
    let members = names.into_iter().map(|name| json!({ "user": { "username": name } }));
    Ok(Answer::ok(&members.collect::<Vec<Value>>()))
}
