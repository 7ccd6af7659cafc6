//! `PUT data/BAG/ITEM`: another content for an item that is there.

use pantry_model::Error;
use pantry_model::chef::DataBagItem;

use crate::answer::Answer;
use crate::call::Call;

/// Changes an item; the answer is the item, with its type and its bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let item = DataBagItem::read_update(call.body(), call.parameter("item"))?;
    let caller = call.caller()?;
    let bag = call.parameter("bag");
    call.usecases().update_data_bag_item(&caller, bag, &item).await?;
    Ok(Answer::ok(&item.answered(bag)))
}
