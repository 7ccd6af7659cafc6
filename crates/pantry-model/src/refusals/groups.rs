//! Sentences about groups.

use super::{Class, Refusal};

/// The name is missing, or no group can be called so.
pub fn invalid_name() -> Refusal {
    Refusal::listed(Class::Invalid, "Invalid group name.")
}

/// A group of the new group's name exists.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Group already exists")
}

/// A group of the name that another is to be given exists.
pub fn new_name_taken() -> Refusal {
    Refusal::bare(Class::Conflict, "Group already exists")
}

/// There is no such group.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot load group {name}"))
}

/// The caller may not see the group, which any use of it needs.
pub fn not_readable(name: &str) -> Refusal {
    Refusal::listed(Class::Forbidden, format!("No permission for group {name}"))
}

/// The server itself relies on the group.
pub fn needed(name: &str) -> Refusal {
    let sentence = format!("The '{name}' group cannot be deleted or renamed.");
    Refusal::listed(Class::NotAllowed, sentence)
}

/// The group is how a user belongs to the organization, and nothing else.
pub fn is_association(name: &str) -> Refusal {
    let sentence = format!(
        "The group '{name}' stands for one user of the organization and changes only with it."
    );
    Refusal::listed(Class::NotAllowed, sentence)
}
