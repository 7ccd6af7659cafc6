//! `GET roles/NAME/environments/ENVIRONMENT`, and the same from the other side,
//! `GET environments/ENVIRONMENT/roles/NAME`: what a role means in an environment.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// The role's run list for the environment; `null` if it has none for it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let (role, environment) = (call.parameter("role"), call.parameter("environment"));
    let run_list = call.usecases().show_run_list_of_role(&caller, role, environment).await?;
    Ok(Answer::ok(&json!({ "run_list": run_list })))
}
