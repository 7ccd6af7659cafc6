//! `GET cookbook_artifacts/NAME/IDENTIFIER`: a cookbook artifact, with links to its files.

use pantry_model::Error;

use super::{answered, path};
use crate::answer::Answer;
use crate::call::Call;

/// Shows a cookbook artifact.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    answered(&call, &call.usecases().show_cookbook_artifact(&caller, path(&call)).await?)
}
