//! `POST /organizations/NAME/shelves`: the organization uses a shelf.

use pantry_model::Error;
use pantry_model::chef::NewAttachment;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Adds a shelf.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let NewAttachment { name, position } = NewAttachment::read(&call.object()?)?;
    let caller = call.caller()?;
    call.usecases().attach_shelf(&caller, &name, position).await?;
    let organization = call.organization()?.as_str();
    let uri = call.url(&["organizations", organization, "shelves", name.as_str()]);
    Ok(Answer::created_at(&uri, &json!({ "uri": uri })))
}
