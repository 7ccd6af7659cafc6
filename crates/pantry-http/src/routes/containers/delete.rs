//! `DELETE /organizations/ORG/containers/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// What the container was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let name = call.usecases().delete_container(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(&name)))
}
