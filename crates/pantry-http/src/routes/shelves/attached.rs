//! `GET /organizations/NAME/shelves`: those that the organization uses, in order.

use pantry_model::Error;
use pantry_usecases::AttachedShelf;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The shelves, each with whether it is there and may be used.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let shelves = call.usecases().attached_shelves(&caller).await?;
    let item = |shelf: &AttachedShelf| json!({ "name": shelf.name, "usable": shelf.is_usable });
    let shelves: Vec<Value> = shelves.iter().map(item).collect();
    Ok(Answer::ok(&json!({ "shelves": shelves })))
}
