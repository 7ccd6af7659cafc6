//! `DELETE policies/POLICY/revisions/ID`: one revision goes, and its policy stays.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Deletes a revision; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (policy, revision) = (call.parameter("policy"), call.parameter("revision"));
    let was = call.usecases().delete_policy_revision(&caller, policy, revision).await?;
    Ok(Answer::stored(StatusCode::OK, was))
}
