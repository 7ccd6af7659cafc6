//! `DELETE cookbook_artifacts/NAME/IDENTIFIER`.

use pantry_model::Error;

use super::{answered, path};
use crate::answer::Answer;
use crate::call::Call;

/// Deletes a cookbook artifact; the answer is what it was.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    answered(&call, &call.usecases().delete_cookbook_artifact(&caller, path(&call)).await?)
}
