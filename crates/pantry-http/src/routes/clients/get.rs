//! `GET /organizations/ORG/clients/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// The API client.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let client = call.usecases().show_api_client(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(&call, client)))
}
