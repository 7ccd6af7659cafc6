//! `GET data/BAG`: the ids of all items, each with where it is found.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists the items of a data bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let bag = call.parameter("bag");
    let ids = call.usecases().list_data_bag_items(&caller, bag).await?;
    locations::list(&call, &["data", bag], ids)
}
