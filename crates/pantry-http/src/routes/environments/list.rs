//! `GET environments`: the names of all, each with where it is found.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists environments.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_environments(&caller).await?;
    locations::list(&call, &["environments"], names)
}
