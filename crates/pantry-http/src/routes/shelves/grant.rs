//! `PUT /organizations/SHELF/shelf/grants/NAME`: an application may use the shelf. Whether there is
//! one of that name is not told, and the body is not looked at.

use pantry_model::Error;
use pantry_model::chef::application_of_grant;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Grants a shelf; as well if that is so already.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let to = application_of_grant(call.parameter("application"))?;
    let caller = call.caller()?;
    call.usecases().grant_shelf(&caller, call.organization()?, &to).await?;
    Ok(Answer::ok(&json!({ "name": to })))
}
