//! `POST data`: a new data bag.

use pantry_model::Error;
use pantry_model::chef::NewDataBag;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a data bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewDataBag::read(call.body())?;
    let caller = call.caller()?;
    call.usecases().create_data_bag(&caller, &new).await?;
    locations::created(&call, &["data", new.name.as_str()])
}
