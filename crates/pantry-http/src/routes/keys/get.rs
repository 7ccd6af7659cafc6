//! `GET …/keys/KEY`.

use pantry_model::Error;

use super::{document, owner};
use crate::answer::Answer;
use crate::call::Call;

/// The key.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let key = call.usecases().show_key(&caller, owner(&call), call.parameter("key")).await?;
    Ok(Answer::ok(&document(key)))
}
