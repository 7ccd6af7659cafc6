//! `GET policy_groups/GROUP/policies/POLICY`: what a node of that group and policy is to run.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Shows the revision that a group follows.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (group, policy) = (call.parameter("group"), call.parameter("policy"));
    let stored = call.usecases().show_policy_of_group(&caller, group, policy).await?;
    Ok(Answer::stored(StatusCode::OK, stored))
}
