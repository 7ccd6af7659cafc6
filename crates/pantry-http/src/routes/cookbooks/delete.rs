//! `DELETE cookbooks/NAME/VERSION`.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::{AskedVersion, Extent, ManifestForm};

use super::shown;
use crate::answer::Answer;
use crate::call::Call;

/// Deletes a version; the answer is what it was, in the form of the oldest version of the API, whichever
/// the request speaks.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let (name, asked) = (call.parameter("cookbook"), call.parameter("version"));
    let version = AskedVersion::read(asked)?;
    let caller = call.caller()?;
    let view = call.usecases().delete_cookbook(&caller, name, (version, asked)).await?;
    let body = shown(&call, &view, ManifestForm::Segments, Extent::Whole)?;
    Ok(Answer::stored(StatusCode::OK, body))
}
