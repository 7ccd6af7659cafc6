//! `POST policies/POLICY/revisions`: a new revision, which no group follows yet.

use pantry_model::Error;
use pantry_model::chef::PolicyRevision;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a revision; the answer is the revision, and leads to its policy.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let policy = call.parameter("policy");
    let revision = PolicyRevision::read(call.body(), policy)?;
    let caller = call.caller()?;
    call.usecases().create_policy_revision(&caller, &revision).await?;
    let uri = locations::url(&call, &["policies", policy])?;
    Ok(Answer::created_at(&uri, revision.sent()))
}
