//! `PUT …/keys/KEY`: changes a key.

use pantry_model::Error;
use pantry_model::chef::keys::KeyUpdate;
use pantry_usecases::KEY_READER;
use serde_json::json;

use super::{add_private, owner, url};
use crate::answer::Answer;
use crate::call::Call;

/// What was sent, and both halves of the key if it was made here.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let mut body = call.object()?;
    let update = KeyUpdate::read(&body, KEY_READER)?;
    let caller = call.caller()?;
    let name = call.parameter("key");
    let updated = call.usecases().update_key(&caller, owner(&call), name, &update).await?;
    body.remove("create_key");
    if let Some(made) = &updated.made {
        body.insert("public_key".to_owned(), json!(made.public_key));
        add_private(&mut body, Some(made));
    }
    Ok(match updated.renamed {
        true => Answer::created_at(&url(&call, &updated.name), &body),
        false => Answer::ok(&body),
    })
}
