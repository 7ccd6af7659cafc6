//! `POST /users`: a new user.

use pantry_model::Error;
use pantry_model::chef::ApiVersion;
use pantry_model::chef::users::NewUser;
use pantry_usecases::KEY_READER;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::keys;

/// 201, with the user's first key as far as the version of the API tells of it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewUser::read(&call.object()?, call.version(), KEY_READER)?;
    let caller = call.caller()?;
    let created = call.usecases().create_user(&caller, &new).await?;
    let path = ["users", created.name.as_str()];
    let uri = call.url(&path);
    let mut body = keys::object([("uri", json!(uri))]);
    match (call.version(), &created.key) {
        (ApiVersion::V0, key) => keys::add_private(&mut body, key.as_ref()),
        (_, Some(key)) => {
            body.insert("chef_key".to_owned(), json!(keys::first(&call, &path, key)));
        }
        (_, None) => {}
    }
    Ok(Answer::created_at(&uri, &body))
}
