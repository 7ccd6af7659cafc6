//! `PUT cookbook_artifacts/NAME/IDENTIFIER`: a new cookbook artifact.

use pantry_model::Error;
use pantry_model::chef::cookbook::NewCookbookArtifact;

use super::path;
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a cookbook artifact.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let new = NewCookbookArtifact::read(call.body(), path(&call))?;
    let caller = call.caller()?;
    call.usecases().create_cookbook_artifact(&caller, &new).await?;
    locations::created(&call, &["cookbook_artifacts", new.name().as_str()])
}
