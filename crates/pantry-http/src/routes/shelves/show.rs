//! `GET /organizations/SHELF/shelf`.

use pantry_model::Error;

use super::Document;
use crate::answer::Answer;
use crate::call::Call;

/// The shelf that an organization is.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let view = call.usecases().show_shelf(&caller, call.organization()?).await?;
    Ok(Answer::ok(&Document::from(&view)))
}
