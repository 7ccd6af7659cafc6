//! What a cookbook says of itself, as far as a server looks at it.

use super::super::json_object::{JsonObject, is_object, text};
use super::manifest::ManifestForm;
use crate::constraint::Constraint;
use crate::names::CookbookName;
use crate::refusals::{Refusal, fields, request};

/// What is a text, if it is there.
const TEXTS: [&str; 5] =
    ["description", "long_description", "maintainer", "maintainer_email", "license"];

/// What is a map of names to constraints, if it is there.
const CONSTRAINTS: [&str; 2] = ["platforms", "dependencies"];

/// The same, of what old cookbooks said as well; newer versions of the API do not look at it.
const OLD_CONSTRAINTS: [&str; 4] = ["recommendations", "suggestions", "conflicting", "replacing"];

/// The metadata of a version of a cookbook.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    object: JsonObject,
    /// What it depends on: names and constraints, each an operator, a space and a version.
    pub(super) dependencies: Vec<(String, String)>,
}

impl Metadata {
    /// The metadata in an object that must be of this version of a cookbook, as it is written in the
    /// path.
    pub(super) fn read(
        of: &JsonObject,
        version: &str,
        form: ManifestForm,
    ) -> Result<Self, Refusal> {
        let written = of.get("metadata").ok_or_else(|| request::field_missing("metadata"))?;
        let wrong = || request::field_invalid("metadata");
        if !is_object(written) {
            return Err(wrong());
        }
        let object: JsonObject = serde_json::from_str(written).map_err(|_| wrong())?;
        let said =
            object.get("version").ok_or_else(|| request::field_missing("metadata.version"))?;
        if text(said).is_none_or(|said| said != version) {
            return Err(request::field_invalid("metadata.version"));
        }
        let is_name = |name: &str| text(name).is_some_and(|name| is_cookbook_name(&name));
        if object.get("name").is_some_and(|name| !is_name(name)) {
            return Err(request::field_invalid("metadata.name"));
        }
        for field in TEXTS {
            if object.get(field).is_some_and(|value| text(value).is_none()) {
                return Err(request::field_invalid(&format!("metadata.{field}")));
            }
        }
        let old = match form {
            ManifestForm::Segments => &OLD_CONSTRAINTS[..],
            ManifestForm::AllFiles => &[],
        };
        let mut dependencies = Vec::new();
        for field in CONSTRAINTS.iter().chain(old) {
            let read = constraints(&object, field)?;
            if *field == "dependencies" {
                dependencies = read;
            }
        }
        let groupings = object.get("groupings").filter(|_| form == ManifestForm::Segments);
        if groupings.is_some_and(|groupings| !is_object(groupings)) {
            return Err(request::field_invalid("metadata.groupings"));
        }
        Ok(Self { object, dependencies })
    }

    /// As it is stored and shown: with what whoever reads it relies on.
    pub(super) fn filled(&self) -> JsonObject {
        let mut object = self.object.clone();
        object.fill("attributes", &JsonObject::default());
        object.fill("dependencies", &JsonObject::default());
        object.fill("long_description", &"");
        object
    }
}

pub(super) fn is_cookbook_name(text: &str) -> bool {
    text.parse::<CookbookName>().is_ok()
}

/// The names and constraints in a field, if it is there.
fn constraints(object: &JsonObject, field: &str) -> Result<Vec<(String, String)>, Refusal> {
    let Some(written) = object.get(field) else { return Ok(Vec::new()) };
    let field = format!("metadata.{field}");
    let wrong = || request::field_invalid(&field);
    if !is_object(written) {
        return Err(wrong());
    }
    let map: JsonObject = serde_json::from_str(written).map_err(|_| wrong())?;
    let one = |(name, value): (&str, &str)| {
        if !is_cookbook_name(name) {
            return Err(fields::invalid_key_in(&field, name));
        }
        match text(value) {
            Some(text) if text.parse::<Constraint>().is_ok() => {
                let full = if text.contains(' ') { text.into_owned() } else { format!("= {text}") };
                Ok((name.to_owned(), full))
            }
            Some(text) => Err(fields::invalid_value_in(&field, &text)),
            None => Err(fields::invalid_value_in(&field, printed(value))),
        }
    };
    map.iter().map(one).collect()
}

/// A value that is no text, as the original repeats it: an empty object has a form of its own there.
fn printed(value: &str) -> &str {
    let is_empty = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if is_empty.is_some_and(|inner| inner.trim_ascii().is_empty()) { "{[]}" } else { value }
}
