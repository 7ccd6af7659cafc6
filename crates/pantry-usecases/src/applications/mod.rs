//! Applications: made, listed, deleted.

mod create;
mod delete;
mod list;

use pantry_model::Timestamp;
use serde::{Deserialize, Serialize};

/// What is stored of an application.
#[derive(Serialize, Deserialize)]
pub(crate) struct ApplicationRecord {
    /// When it was made.
    pub(crate) created_at: Timestamp,
}
