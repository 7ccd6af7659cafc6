//! Environments.

pub(super) mod cookbook;
pub(super) mod cookbook_versions;
pub(super) mod cookbooks;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod recipes;
pub(super) mod show;
pub(super) mod update;

use pantry_model::chef::check_environment_may_change;

use crate::answer::Answer;
use crate::refuse;

/// The answer for the environment that can only be shown: it has no other method than `GET`, which
/// is told before anything is looked at.
fn unchangeable(name: &str) -> Option<Answer> {
    let refused = check_environment_may_change(name).err()?;
    Some(refuse::refusal(&refused).allowing("GET".to_owned()))
}
