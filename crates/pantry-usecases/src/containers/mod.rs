//! Containers: each holds all objects of a kind, says who may make and list them, and what access
//! control list they begin with.
//!
//! An application has the original's twelve, and `jobs`, which is ours: it is shown and has an
//! access control list like any other, but is absent from the list, since the original's clients
//! expect exactly twelve there. None of the thirteen can be deleted.

mod create;
mod delete;
mod list;
mod show;

use crate::applications::furnish::{CONTAINERS, JOBS};

/// Whether the server itself relies on this container.
fn is_needed(name: &str) -> bool {
    name == JOBS || CONTAINERS.contains(&name)
}
