//! `POST /organizations/ORG/containers`.

use pantry_model::Error;
use pantry_model::chef::NewContainer;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a container.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewContainer::read(&call.object()?)?;
    let caller = call.caller()?;
    call.usecases().create_container(&caller, &new).await?;
    locations::created(&call, &["containers", new.name.as_str()])
}
