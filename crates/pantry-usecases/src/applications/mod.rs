//! Applications, which are the Chef API's organizations: made, listed, shown, changed, deleted.

mod create;
mod delete;
pub(crate) mod furnish;
mod list;
mod show;
mod update;

pub use create::{CreatedApplication, NewApplication};
pub use show::ApplicationView;

use pantry_model::Timestamp;
use serde::{Deserialize, Serialize};

/// What is stored of an application.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ApplicationRecord {
    /// What people call it; an application that was made without one is called by its name.
    #[serde(default)]
    pub(crate) full_name: Option<String>,
    /// When it was made.
    pub(crate) created_at: Timestamp,
}
