//! Roles.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod environments;
pub(super) mod list;
pub(super) mod run_list;
pub(super) mod show;
pub(super) mod update;
