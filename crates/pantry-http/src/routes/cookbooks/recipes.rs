//! `GET cookbooks/_recipes`: the recipes of the newest version of each cookbook.

use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use super::num_versions;
use crate::answer::Answer;
use crate::call::Call;

/// Lists recipes.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    num_versions(&call, NumVersions::UpTo(1))?;
    let caller = call.caller()?;
    Ok(Answer::ok(&call.usecases().list_recipes(&caller).await?))
}
