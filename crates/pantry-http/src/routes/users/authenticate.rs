//! `POST /authenticate_user`: whether a name and a password are a user's, for a web front end.

use pantry_model::Error;
use pantry_model::chef::users::Credentials;
use pantry_model::refusals::users;
use serde_json::json;

use super::profile;
use crate::answer::Answer;
use crate::call::Call;

/// The user. There is no directory service beside, so each is linked to itself.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    if call.body().is_empty() {
        return Err(users::no_credentials().into());
    }
    let credentials = Credentials::read(&call.object()?)?;
    let caller = call.caller()?;
    let user = call.usecases().authenticate_user(&caller, &credentials).await?;
    Ok(Answer::ok(&json!({ "status": "linked", "user": profile(user) })))
}
