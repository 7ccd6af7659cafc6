//! `GET cookbooks/NAME/VERSION`: a version of a cookbook, with links to its files.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::{AskedVersion, Extent, ManifestForm};

use super::shown;
use crate::answer::Answer;
use crate::call::Call;

/// Shows a version.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let (name, asked) = (call.parameter("cookbook"), call.parameter("version"));
    let version = AskedVersion::read(asked)?;
    let caller = call.caller()?;
    let view = call.usecases().show_cookbook(&caller, name, (version, asked)).await?;
    let body = shown(&call, &view, ManifestForm::of(call.version()), Extent::Whole)?;
    Ok(Answer::stored(StatusCode::OK, body))
}
