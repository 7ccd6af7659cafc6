//! `DELETE data/BAG/ITEM`. The answer is the item as tools wrap it.

use pantry_model::Error;
use pantry_model::chef::DataBagItem;

use crate::answer::Answer;
use crate::call::Call;

/// Deletes an item; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (bag, item) = (call.parameter("bag"), call.parameter("item"));
    let was = call.usecases().delete_data_bag_item(&caller, bag, item).await?;
    let unreadable = |error| Error::Internal(format!("a stored data bag item: {error}"));
    let was = DataBagItem::wrapped(&was, bag, item).map_err(unreadable)?;
    Ok(Answer::ok(&was))
}
