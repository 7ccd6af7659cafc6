//! `GET /server_api_version`: which versions of the API there are, for any user.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::api_version::ApiVersion;
use crate::call::Call;

/// The oldest and the newest.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    call.caller()?;
    let body = json!({
        "min_api_version": ApiVersion::MIN,
        "max_api_version": ApiVersion::MAX,
    });
    Ok(Answer::ok(&body))
}
