//! `PUT policy_groups/GROUP/policies/POLICY`: a group follows a revision, which is made if it is not
//! there. This is what a push does.

use pantry_model::chef::PolicyRevision;
use pantry_model::refusals::request;
use pantry_model::{Error, PolicyGroupName};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Has a group follow a revision; the answer is the revision, and leads to its policy.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let policy = call.parameter("policy");
    let revision = PolicyRevision::read(call.body(), policy)?;
    let group: PolicyGroupName =
        call.parameter("group").parse().map_err(|_| request::field_invalid("policy_group"))?;
    let caller = call.caller()?;
    if !call.usecases().follow_policy(&caller, &group, &revision).await? {
        return Ok(Answer::ok(revision.sent()));
    }
    let uri = locations::url(&call, &["policies", policy])?;
    Ok(Answer::created_at(&uri, revision.sent()))
}
