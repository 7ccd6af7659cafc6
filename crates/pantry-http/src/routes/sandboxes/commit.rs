//! `PUT sandboxes/ID`: all its contents are uploaded.

use pantry_model::Error;
use pantry_model::chef::SandboxCommit;
use pantry_model::chef::date::Date;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Closes a sandbox.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let SandboxCommit = SandboxCommit::read(call.body())?;
    let caller = call.caller()?;
    let id = call.parameter("id");
    let committed = call.usecases().commit_sandbox(&caller, id).await?;
    // The original writes the offset out here, and nowhere else.
    let at = Date::from(committed.at).to_string().replace('Z', "+00:00");
    Ok(Answer::ok(&json!({
        "guid": id, "name": id, "checksums": committed.checksums, "create_time": at,
        "is_completed": true,
    })))
}
