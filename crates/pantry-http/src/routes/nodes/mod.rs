//! Nodes.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod identify;
pub(super) mod list;
pub(super) mod of_environment;
pub(super) mod show;
pub(super) mod update;
