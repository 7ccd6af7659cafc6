//! `GET policies/POLICY`: which revisions a policy has.

use pantry_model::Error;

use super::policy;
use crate::answer::Answer;
use crate::call::Call;

/// Shows a policy.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let revisions = call.usecases().show_policy(&caller, call.parameter("policy")).await?;
    Ok(Answer::ok(&policy(revisions)))
}
