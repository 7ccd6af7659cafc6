//! Sentences about nodes.

use super::{Class, Refusal};

/// There is no such node.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("node '{name}' not found"))
}

/// A node of this name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Node already exists")
}

/// There is no such object, for whoever asks for its ids; `what` is the plural in the path.
pub fn nothing_to_identify(what: &str, name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("No such '{what}': '{name}'."))
}

/// Ids are not told of objects of this type; `what` is the plural in the path.
pub fn not_identified(what: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Unsupported object type: '{what}'."))
}
