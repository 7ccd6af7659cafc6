//! Sentences about organizations.

use super::{Class, Refusal};
use crate::names::ApplicationName;

/// The name leaves no room for that of the organization's validator.
pub fn name_too_long_for_validator(name: &ApplicationName) -> Refusal {
    let sentence = format!("'{name}' is too long: '{name}-validator' has more than 255 characters");
    Refusal::listed(Class::Invalid, sentence)
}

/// An organization of this name exists.
pub fn taken() -> Refusal {
    Refusal::bare(Class::Conflict, "Organization already exists")
}
