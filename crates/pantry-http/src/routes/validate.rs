//! `/organizations/O/validate/PATH`: lets another service on the server's machine ask who has signed
//! a request that was made to *it* with this path, method, headers and body.

use pantry_model::{Class, Error, Refusal};
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// What the path has before that of the other service, doubled slashes aside.
const BEFORE: usize = 3;

/// Who has signed it. 403 for who asks from elsewhere.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    if !call.is_local() {
        let sentence = "only programs on the server's own machine may ask this";
        return Err(Refusal::listed(Class::Forbidden, sentence).into());
    }
    let segments = call.raw_path().split('/').filter(|segment| !segment.is_empty());
    let path: String = segments.skip(BEFORE).flat_map(|segment| ["/", segment]).collect();
    let caller = call.caller_of(&path)?;
    let kind = if caller.is_client() { "client" } else { "user" };
    Ok(Answer::ok(&json!({ "requestor_name": caller.name(), "requestor_type": kind })))
}
