//! `PUT /organizations/NAME/shelves`: the organization's shelves, in another order.

use pantry_model::Error;
use pantry_model::chef::ShelfOrder;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Puts the shelves in this order. The answer repeats what was sent.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let ShelfOrder(order) = ShelfOrder::read(&call.object()?)?;
    let caller = call.caller()?;
    call.usecases().order_shelves(&caller, &order).await?;
    Ok(Answer::ok(&json!({ "shelves": order })))
}
