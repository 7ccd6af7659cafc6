//! `DELETE …/keys/KEY`.

use pantry_model::Error;

use super::{document, owner};
use crate::answer::Answer;
use crate::call::Call;

/// The key as it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let key = call.usecases().delete_key(&caller, owner(&call), call.parameter("key")).await?;
    Ok(Answer::ok(&document(key)))
}
