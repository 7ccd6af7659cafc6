//! Sandboxes.

pub(super) mod commit;
pub(super) mod create;
pub(super) mod upload;
