//! What is done in the same way with every kind of object.

pub(super) mod delete;
pub(super) mod edit;
pub(super) mod list;
pub(super) mod show;
pub(super) mod upload;
