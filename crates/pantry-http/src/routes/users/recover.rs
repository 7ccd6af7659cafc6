//! `POST /system_recovery`: lets a user in by password whose identity is elsewhere, while that
//! cannot be asked.

use pantry_model::Error;
use pantry_model::chef::users::Credentials;
use pantry_model::refusals::users;
use serde_json::json;

use super::profile;
use crate::answer::Answer;
use crate::call::Call;

/// The user.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    if call.body().is_empty() {
        return Err(users::no_recovery_credentials().into());
    }
    let credentials = Credentials::read_for_recovery(&call.object()?)?;
    let caller = call.caller()?;
    let user = call.usecases().recover_system(&caller, &credentials).await?;
    let mut body = profile(user);
    body.insert("recovery_authentication_enabled".to_owned(), json!(true));
    Ok(Answer::ok(&body))
}
