//! `DELETE /organizations/ORG/clients/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// The API client as it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let client = call.usecases().delete_api_client(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(&call, client)))
}
