//! `POST /organizations/ORG/groups`: a new one, without members. The original looks at its name only
//! once it knows who asks.

use pantry_model::Error;
use pantry_model::chef::NewGroup;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Makes a group.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let object = call.object()?;
    let caller = call.caller()?;
    let new = NewGroup::read(&object)?;
    call.usecases().create_group(&caller, &new).await?;
    let organization = call.organization()?.as_str();
    let uri = call.url(&["organizations", organization, "groups", new.name.as_str()]);
    Ok(Answer::created_at(&uri, &json!({ "uri": uri })))
}
