//! `GET /shelves`: those that the caller may see.

use pantry_model::Error;
use serde_json::{Value, json};

use super::document;
use crate::answer::Answer;
use crate::call::Call;

/// The shelves whose organizations the caller may read.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let shelves = call.usecases().list_shelves(&caller).await?;
    let shelves: Vec<Value> = shelves.iter().map(document).collect();
    Ok(Answer::ok(&json!({ "shelves": shelves })))
}
