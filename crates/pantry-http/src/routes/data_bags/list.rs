//! `GET data`: the names of all data bags, each with where it is found.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists data bags.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_data_bags(&caller).await?;
    locations::list(&call, &["data"], names)
}
