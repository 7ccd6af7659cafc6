//! Cookbooks and their versions.

pub(super) mod delete;
pub(super) mod latest;
pub(super) mod list;
pub(super) mod put;
pub(super) mod recipes;
pub(super) mod show;
pub(super) mod versions;

use std::collections::HashMap;
use std::fmt::Write;

use hyper::StatusCode;
use pantry_model::chef::cookbook::{Extent, ManifestForm, NumVersions, write_cookbook};
use pantry_model::{Error, Refusal};
use pantry_usecases::{CookbookView, ListedCookbook};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// How many versions the query asks for; this if it does not say.
pub(super) fn num_versions(call: &Call, otherwise: NumVersions) -> Result<NumVersions, Refusal> {
    NumVersions::read(call.query("num_versions").as_deref(), otherwise)
}

/// Cookbooks, each with its URL and those of its versions.
pub(super) fn listed<'a>(
    call: &Call,
    all: impl IntoIterator<Item = &'a ListedCookbook>,
) -> Result<Answer, Error> {
    let under = locations::url(call, &["cookbooks"])?;
    let mut body = String::from("{");
    // Names, versions and URLs hold nothing that JSON would write otherwise.
    for ListedCookbook { name, versions } in all {
        separate(&mut body, '{');
        let _ = write!(body, r#""{name}":{{"url":"{under}/{name}","versions":["#);
        for version in versions {
            separate(&mut body, '[');
            let _ = write!(body, r#"{{"version":"{version}","url":"{under}/{name}/{version}"}}"#);
        }
        body.push_str("]}");
    }
    body.push('}');
    Ok(Answer::stored(StatusCode::OK, body))
}

/// Writes a comma unless this is the first after the opening bracket.
pub(super) fn separate(body: &mut String, opening: char) {
    if !body.ends_with(opening) {
        body.push(',');
    }
}

/// A stored cookbook with its files listed in this form.
pub(super) fn shown(
    call: &Call,
    view: &CookbookView,
    form: ManifestForm,
    extent: Extent,
) -> Result<Vec<u8>, Error> {
    let unreadable = || Error::Internal("a stored cookbook cannot be read".to_owned());
    let links = view.links.iter();
    let urls: HashMap<_, _> = links.map(|(content, link)| (*content, call.link(link))).collect();
    write_cookbook(&view.stored, form, extent, &urls).ok_or_else(unreadable)
}
