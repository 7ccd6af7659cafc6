//! `GET policy_groups/GROUP`: what a group follows.

use pantry_model::Error;

use super::group;
use crate::answer::Answer;
use crate::call::Call;

/// Shows a policy group.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let followed = call.usecases().show_policy_group(&caller, call.parameter("group")).await?;
    Ok(Answer::ok(&group(&call, followed)?))
}
