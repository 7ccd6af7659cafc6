//! `DELETE /organizations/NAME`: an organization ends, with all that is in it.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// Deletes an organization; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let was = call.usecases().delete_application(&caller, call.organization()?).await?;
    Ok(Answer::ok(&document(&was)))
}
