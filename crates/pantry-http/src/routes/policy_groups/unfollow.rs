//! `DELETE policy_groups/GROUP/policies/POLICY`: a group follows a policy no more.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Has a group follow a policy no more; the answer is the revision that it followed.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (group, policy) = (call.parameter("group"), call.parameter("policy"));
    let was = call.usecases().unfollow_policy(&caller, group, policy).await?;
    Ok(Answer::stored(StatusCode::OK, was))
}
