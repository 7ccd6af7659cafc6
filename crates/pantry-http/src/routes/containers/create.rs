//! `POST /organizations/ORG/containers`.

use pantry_model::Error;
use pantry_model::chef::NewContainer;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Makes a container.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewContainer::read(&call.object()?)?;
    let caller = call.caller()?;
    call.usecases().create_container(&caller, &new).await?;
    let organization = call.organization()?.as_str();
    let uri = call.url(&["organizations", organization, "containers", new.name.as_str()]);
    Ok(Answer::created_at(&uri, &json!({ "uri": uri })))
}
