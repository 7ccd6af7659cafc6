//! `DELETE /organizations/NAME/shelves/SHELF`: the organization does not use a shelf any more.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Takes a shelf away. It need not be there any more itself.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let shelf = call.parameter("shelf");
    call.usecases().detach_shelf(&caller, shelf).await?;
    Ok(Answer::ok(&json!({ "name": shelf })))
}
