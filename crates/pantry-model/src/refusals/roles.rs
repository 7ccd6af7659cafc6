//! Sentences about roles.

use super::{Class, Refusal};

/// There is no such role.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load role {name}"))
}

/// A role of this name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Role already exists")
}
