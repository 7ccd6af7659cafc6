//! Where objects are found: what lists answer, and what is answered when one was made.

use pantry_model::Error;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The URL of something in the organization that a call is about.
pub(super) fn url(call: &Call, segments: &[&str]) -> Result<String, Error> {
    let organization = call.organization()?.as_str();
    Ok(call.url(&[&["organizations", organization], segments].concat()))
}

/// The names, each with the URL under which it is found: this path, and the name.
pub(super) fn list(call: &Call, under: &[&str], names: Vec<String>) -> Result<Answer, Error> {
    let located = names.into_iter().map(|name| {
        let url = url(call, &[under, &[&name]].concat())?;
        Ok((name, Value::String(url)))
    });
    Ok(Answer::ok(&located.collect::<Result<Map<_, _>, Error>>()?))
}

/// 201, with the URL of what was made.
pub(super) fn created(call: &Call, segments: &[&str]) -> Result<Answer, Error> {
    let uri = url(call, segments)?;
    Ok(Answer::created_at(&uri, &json!({ "uri": uri })))
}
