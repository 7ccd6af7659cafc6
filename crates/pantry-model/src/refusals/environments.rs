//! Sentences about environments.

use super::{Class, Refusal};

/// There is no such environment.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load environment {name}"))
}

/// There is no such environment whose nodes could be listed: the one place where the original
/// quotes the name.
pub fn no_such_environment(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load environment '{name}'"))
}

/// An environment of this name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Environment already exists")
}

/// The environment that every organization has stays as it is.
pub fn default_stays() -> Refusal {
    let sentence = "The '_default' environment cannot be modified.";
    Refusal::listed(Class::NotAllowed, sentence)
}
