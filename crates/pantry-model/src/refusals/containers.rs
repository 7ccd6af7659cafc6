//! Sentences about containers.

use super::{Class, Refusal};

/// No container can be called so.
pub fn invalid_name(name: &str) -> Refusal {
    let sentence = format!(
        "Invalid name '{name}' using regex: 'Malformed container name. Must only contain A-Z, a-z, \
         0-9, _, -, or .'."
    );
    Refusal::listed(Class::Invalid, sentence)
}

/// A container of this name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Container already exists")
}

/// There is no such container.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load container {name}"))
}

/// Without the container nobody could make anything of its kind.
pub fn needed(name: &str) -> Refusal {
    Refusal::listed(Class::NotAllowed, format!("The '{name}' container cannot be deleted."))
}
