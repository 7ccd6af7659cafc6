//! `GET /shelves`: those that the caller may see.

use pantry_model::Error;
use serde_json::json;

use super::Document;
use crate::answer::Answer;
use crate::call::Call;

/// The shelves whose organizations the caller may read.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let shelves = call.usecases().list_shelves(&caller).await?;
    let shelves: Vec<_> = shelves.iter().map(Document::from).collect();
    Ok(Answer::ok(&json!({ "shelves": shelves })))
}
