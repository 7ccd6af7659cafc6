//! `GET cookbooks`: all cookbooks, with the newest version of each, or with more.

use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use super::{listed, num_versions};
use crate::answer::Answer;
use crate::call::Call;

/// Lists cookbooks.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let number = num_versions(&call, NumVersions::UpTo(1))?;
    let caller = call.caller()?;
    listed(&call, &call.usecases().list_cookbooks(&caller, number).await?)
}
