//! `GET data/BAG/ITEM`: an item, as it is stored.

use hyper::StatusCode;
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Shows an item.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (bag, item) = (call.parameter("bag"), call.parameter("item"));
    let stored = call.usecases().show_data_bag_item(&caller, bag, item).await?;
    Ok(Answer::stored(StatusCode::OK, stored))
}
