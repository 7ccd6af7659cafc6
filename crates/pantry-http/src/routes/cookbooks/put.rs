//! `PUT cookbooks/NAME/VERSION`: a new version of a cookbook, or another content for one.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::{ManifestForm, NewCookbookVersion};

use crate::answer::Answer;
use crate::call::Call;

/// Saves a version; the answer is what was sent. Whether it is frozen stands in the body, and whether
/// a frozen one is changed nevertheless in the query.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let path = (call.parameter("cookbook"), call.parameter("version"));
    let form = ManifestForm::of(call.version());
    let new = NewCookbookVersion::read(call.body(), path, form)?;
    let is_forced = call.query("force").is_some_and(|force| force != "false");
    let caller = call.caller()?;
    let saved = call.usecases().put_cookbook(&caller, &new, is_forced).await?;
    let status = if saved.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Answer::stored(status, saved.answer))
}
