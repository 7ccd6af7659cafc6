//! Taking fields out of the JSON object that was sent, each with the sentence for what is wrong.
//!
//! A field that is `null` is there: where the original lets it mean *absent*, whoever reads says so.

use serde_json::{Map, Value};

use crate::refusals::{Refusal, request};

/// A text, if the field is there.
pub(crate) fn text<'a>(
    object: &'a Map<String, Value>,
    field: &str,
) -> Result<Option<&'a str>, Refusal> {
    match object.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(request::field_invalid(field)),
    }
}

/// A text that must be there.
pub(crate) fn required_text<'a>(
    object: &'a Map<String, Value>,
    field: &str,
) -> Result<&'a str, Refusal> {
    text(object, field)?.ok_or_else(|| request::field_missing(field))
}

/// A text that must be there and must not be empty.
pub(crate) fn filled_text<'a>(
    object: &'a Map<String, Value>,
    field: &str,
) -> Result<&'a str, Refusal> {
    let text = required_text(object, field)?;
    if text.is_empty() { Err(request::field_invalid(field)) } else { Ok(text) }
}

/// A truth value, if the field is there.
pub(crate) fn boolean(object: &Map<String, Value>, field: &str) -> Result<Option<bool>, Refusal> {
    match object.get(field) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(request::field_invalid(field)),
    }
}

/// Whether the field is there and holds anything but `null`.
pub(crate) fn holds(object: &Map<String, Value>, field: &str) -> bool {
    object.get(field).is_some_and(|value| !value.is_null())
}
