//! `GET /`: for a person who has typed the address into a browser.

use hyper::StatusCode;
use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// What this is.
pub(crate) async fn answer(_call: Call) -> Result<Answer, Error> {
    let body = json!({
        "message": "This is Pantry, a Chef Server. Its API is for knife, chef-client and berks; \
                    GET /_status says how it is.",
    });
    Ok(Answer::json(StatusCode::OK, &body))
}
