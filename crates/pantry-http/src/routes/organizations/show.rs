//! `GET /organizations/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// One organization.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let view = call.usecases().show_application(&caller, call.organization()?).await?;
    Ok(Answer::ok(&document(&view)))
}
