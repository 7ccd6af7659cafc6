//! `DELETE policies/POLICY`: a policy goes, with all its revisions.

use pantry_model::Error;

use super::policy;
use crate::answer::Answer;
use crate::call::Call;

/// Deletes a policy; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let was = call.usecases().delete_policy(&caller, call.parameter("policy")).await?;
    Ok(Answer::ok(&policy(was)))
}
