//! `GET /organizations/ORG/containers/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// One container.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let name = call.usecases().show_container(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(&name)))
}
