//! Cookbook artifacts: cookbooks that are known by an identifier, and never change.

pub(super) mod delete;
pub(super) mod list;
pub(super) mod many;
pub(super) mod put;
pub(super) mod show;
pub(super) mod versions;

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::{Extent, ManifestForm};
use pantry_usecases::CookbookView;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::cookbooks;

/// The name and the identifier in the path.
fn path(call: &Call) -> (&str, &str) {
    (call.parameter("artifact"), call.parameter("identifier"))
}

/// An artifact as it is shown.
fn shown(call: &Call, view: &CookbookView) -> Result<Vec<u8>, Error> {
    let form = ManifestForm::of(call.version());
    cookbooks::shown(call, view, form, Extent::WithoutClass)
}

fn answered(call: &Call, view: &CookbookView) -> Result<Answer, Error> {
    Ok(Answer::stored(StatusCode::OK, shown(call, view)?))
}
