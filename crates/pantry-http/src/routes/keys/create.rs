//! `POST …/keys`: another key.

use pantry_model::Error;
use pantry_model::chef::keys::NewKey;
use pantry_usecases::KEY_READER;
use serde_json::json;

use super::{add_private, object, owner, url};
use crate::answer::Answer;
use crate::call::Call;

/// 201, with the private half if the key was made here.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewKey::read(&call.object()?, KEY_READER)?;
    let caller = call.caller()?;
    let made = call.usecases().create_key(&caller, owner(&call), &new).await?;
    let uri = url(&call, new.name.as_str());
    let mut body = object([("uri", json!(uri))]);
    add_private(&mut body, Some(&made));
    Ok(Answer::created_at(&uri, &body))
}
