//! `PUT /organizations/NAME`: another full name. The answer repeats what was sent.

use pantry_model::Error;
use pantry_model::chef::OrganizationUpdate;

use crate::answer::Answer;
use crate::call::Call;

/// Changes what people call an organization.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let (sent, name) = (call.object()?, call.organization()?);
    let update = OrganizationUpdate::read(&sent, name.as_str())?;
    let caller = call.caller()?;
    call.usecases().update_application(&caller, name, &update.full_name).await?;
    Ok(Answer::ok(&sent))
}
