//! `GET /server_api_version`: which versions of the API there are, for any user.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::api_version::{NEWEST, OLDEST};
use crate::call::Call;

/// The oldest and the newest.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    call.caller()?;
    let body = json!({
        "min_api_version": OLDEST.number(),
        "max_api_version": NEWEST.number(),
    });
    Ok(Answer::ok(&body))
}
