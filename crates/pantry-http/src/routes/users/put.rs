//! `PUT /users/NAME`: changes a user.

use pantry_model::Error;
use pantry_model::chef::users::UserUpdate;
use pantry_usecases::KEY_READER;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::keys;

/// Where the user is found, and the private half of its key if one was made.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let update = UserUpdate::read(&call.object()?, call.version(), KEY_READER)?;
    let caller = call.caller()?;
    let updated = call.usecases().update_user(&caller, call.parameter("name"), &update).await?;
    let uri = call.url(&["users", updated.name.as_str()]);
    let mut body = keys::object([("uri", json!(uri))]);
    keys::add_private(&mut body, updated.key.as_ref());
    Ok(if updated.renamed { Answer::created_at(&uri, &body) } else { Answer::ok(&body) })
}
