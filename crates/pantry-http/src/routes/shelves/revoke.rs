//! `DELETE /organizations/SHELF/shelf/grants/NAME`: an application may not use the shelf any more.

use pantry_model::Error;
use pantry_model::chef::application_of_grant;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Ends a grant.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let from = application_of_grant(call.parameter("application"))?;
    let caller = call.caller()?;
    call.usecases().revoke_shelf(&caller, call.organization()?, &from).await?;
    Ok(Answer::ok(&json!({ "name": from })))
}
