//! `DELETE policy_groups/GROUP`: a group goes, and the policies that it followed stay.

use pantry_model::Error;

use super::group;
use crate::answer::Answer;
use crate::call::Call;

/// Deletes a policy group; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let was = call.usecases().delete_policy_group(&caller, call.parameter("group")).await?;
    Ok(Answer::ok(&group(&call, was)?))
}
