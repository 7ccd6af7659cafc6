//! The users that belong to an organization.

pub(super) mod add;
pub(super) mod list;
pub(super) mod of_user;
pub(super) mod remove;
pub(super) mod show;
