//! `GET cookbooks/NAME`: all versions of a cookbook.

use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use super::{listed, num_versions};
use crate::answer::Answer;
use crate::call::Call;

/// Lists the versions, however many are asked for.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    num_versions(&call, NumVersions::All)?;
    let caller = call.caller()?;
    let name = call.parameter("cookbook");
    let cookbook = call.usecases().list_cookbook_versions(&caller, name).await?;
    listed(&call, [&cookbook])
}
