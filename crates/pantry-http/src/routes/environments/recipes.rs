//! `GET environments/NAME/recipes`: the recipes that an environment's nodes may use.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// Lists the recipes of the newest versions that may be used.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let name = call.parameter("environment");
    Ok(Answer::ok(&call.usecases().list_recipes_in_environment(&caller, name).await?))
}
