//! `POST data/BAG`: a new item. Other than elsewhere, the answer is the item itself.

use pantry_model::Error;
use pantry_model::chef::DataBagItem;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Adds an item to a data bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let item = DataBagItem::read_new(call.body())?;
    let caller = call.caller()?;
    let bag = call.parameter("bag");
    call.usecases().create_data_bag_item(&caller, bag, &item).await?;
    let uri = locations::url(&call, &["data", bag, item.id().as_str()])?;
    Ok(Answer::created_at(&uri, &item.answered(bag)))
}
