//! `DELETE /organizations/ORG/groups/NAME`.

use pantry_model::Error;

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// What the group was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let view = call.usecases().delete_group(&caller, call.parameter("name")).await?;
    Ok(Answer::ok(&document(call.organization()?, &view)))
}
