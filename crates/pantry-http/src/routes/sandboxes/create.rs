//! `POST sandboxes`: a new sandbox, with links to which what is missing is uploaded.

use pantry_model::Error;
use pantry_model::chef::NewSandbox;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a sandbox.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewSandbox::read(call.body())?;
    let caller = call.caller()?;
    let made = call.usecases().create_sandbox(&caller, &new).await?;
    let uri = locations::url(&call, &["sandboxes", &made.id])?;
    let checksums = made.checksums.into_iter().map(|(checksum, link)| {
        let said = match link {
            Some(link) => json!({ "needs_upload": true, "url": call.link(&link) }),
            None => json!({ "needs_upload": false }),
        };
        (checksum, said)
    });
    let checksums: Map<String, Value> = checksums.collect();
    let body = json!({ "sandbox_id": made.id, "uri": uri, "checksums": checksums });
    Ok(Answer::created_at(&uri, &body))
}
