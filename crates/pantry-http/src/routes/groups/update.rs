//! `PUT /organizations/ORG/groups/NAME`: changes who is in a group, and what it is called. As with a
//! new one, the original looks into the request only once it knows who asks.

use pantry_model::Error;
use pantry_model::chef::GroupUpdate;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// The request's body; with where the group is found, if it has another name now.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let object = call.object()?;
    let caller = call.caller()?;
    let update = GroupUpdate::read(&object)?;
    let name = call.parameter("name");
    let renamed = call.usecases().update_group(&caller, name, &update).await?;
    Ok(match renamed {
        None => Answer::ok(&object),
        Some(name) => {
            let uri = locations::url(&call, &["groups", &name])?;
            Answer::created_at(&uri, &object)
        }
    })
}
