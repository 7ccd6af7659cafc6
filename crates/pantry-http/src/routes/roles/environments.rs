//! `GET roles/NAME/environments`: for which environments a role has a run list.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Lists environments, which need not exist.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_environments_of_role(&caller, call.parameter("role")).await?;
    Ok(Answer::ok(&names))
}
