//! `PUT roles/NAME`: another content for a role that is there.

use pantry_model::Error;
use pantry_model::chef::Role;

use crate::answer::Answer;
use crate::call::Call;

/// Saves a role; the answer is what is stored now.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let role = Role::read_update(call.body(), call.parameter("role"))?;
    let caller = call.caller()?;
    call.usecases().update_role(&caller, &role).await?;
    Ok(Answer::ok(role.object()))
}
