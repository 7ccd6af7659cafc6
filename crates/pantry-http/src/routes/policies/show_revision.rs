//! `GET policies/POLICY/revisions/ID`: a revision, with the groups that follow it.

use pantry_model::Error;
use pantry_model::chef::PolicyRevision;

use super::unreadable;
use crate::answer::Answer;
use crate::call::Call;

/// Shows a revision.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (policy, revision) = (call.parameter("policy"), call.parameter("revision"));
    let (stored, groups) = call.usecases().show_policy_revision(&caller, policy, revision).await?;
    Ok(Answer::ok(&PolicyRevision::with_groups(&stored, &groups).map_err(unreadable)?))
}
