//! `POST /organizations/ORG/groups`: a new one, without members. The original looks at its name only
//! once it knows who asks.

use pantry_model::Error;
use pantry_model::chef::NewGroup;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a group.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let object = call.object()?;
    let caller = call.caller()?;
    let new = NewGroup::read(&object)?;
    call.usecases().create_group(&caller, &new).await?;
    locations::created(&call, &["groups", new.name.as_str()])
}
