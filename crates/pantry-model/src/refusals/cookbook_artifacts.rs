//! Sentences about cookbook artifacts.

use super::{Class, Refusal};

/// There is no such cookbook artifact.
pub fn not_found() -> Refusal {
    Refusal::listed(Class::NotFound, "not_found")
}

/// There is a cookbook artifact under this identifier, and what it is never changes.
pub fn taken() -> Refusal {
    Refusal::bare(Class::Conflict, "Cookbook artifact already exists")
}

/// Of the cookbook artifacts that were asked for, these are not there; the first of them are named.
pub fn missing(missing: &[(&str, &str)]) -> Refusal {
    const NAMED: usize = 20;
    let named = missing.iter().take(NAMED).map(|(name, identifier)| format!("{name} {identifier}"));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = match missing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Refusal::listed(Class::NotFound, format!("Cannot find the cookbook artifacts {named}{more}"))
}

/// More cookbook artifacts are asked for at once than may be.
pub fn too_many(limit: usize) -> Refusal {
    let sentence = format!("no more than {limit} cookbook artifacts can be read at once");
    Refusal::listed(Class::Invalid, sentence)
}
