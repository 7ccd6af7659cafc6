//! `GET /_status`: whether the server can do its work, for whoever watches over it.

use std::time::Duration;

use hyper::StatusCode;
use pantry_model::Error;
use pantry_usecases::KEYS_AHEAD;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// How long the store may take to answer: whoever watches is told within a second.
const WITHIN: Duration = Duration::from_millis(700);

/// 200 and `pong`, or 500 and `fail`.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let usecases = call.usecases();
    let store = tokio::time::timeout(WITHIN, usecases.store_answers()).await.unwrap_or(false);
    let (status, word) = match store {
        true => (StatusCode::OK, "pong"),
        false => (StatusCode::INTERNAL_SERVER_ERROR, "fail"),
    };
    let workshop = usecases.workshop();
    let body = json!({
        "status": word,
        "upstreams": { "store": word },
        "keygen": { "keys": workshop.keys_ready(), "max": KEYS_AHEAD, "room": workshop.room() },
        // What is saved can be found as soon as that is answered.
        "indexing": { "mode": "inline" },
    });
    Ok(Answer::json(status, &body))
}
