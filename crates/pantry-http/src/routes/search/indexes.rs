//! `GET search`: which indexes there are, each with where it is asked.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists indexes: those of the kinds of objects that are searched, and one for each data bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_indexes(&caller).await?;
    locations::list(&call, &["search"], names)
}
