//! Sentences about API clients.

use super::{Class, Refusal};

/// There is no such API client.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load client {name}"))
}

/// An API client of this name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Client already exists")
}

/// Both fields that hold the name are there, and differ.
pub fn names_differ() -> Refusal {
    Refusal::listed(Class::Invalid, "name and clientname must match")
}

/// No API client can be called so. The two spaces are the original's.
pub fn invalid_name(name: &str) -> Refusal {
    let sentence = format!(
        "Invalid client name '{name}' using regex: 'Malformed client name.  Must be A-Z, a-z, 0-9, _, -, or .'."
    );
    Refusal::listed(Class::Invalid, sentence)
}
