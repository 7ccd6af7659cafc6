//! Cookbooks: versions that are put, shown and deleted, and what is told of all of them together.
//!
//! A cookbook is there as long as it has a version, and its access control list is that of all its
//! versions. What lists, environments, the universe and the solver read is the [`Catalogue`], which is
//! in memory.

pub(crate) mod catalogue;
mod catalogues;
mod delete;
mod files;
mod list;
mod put;
mod show;

use pantry_model::{Timestamp, Version};
use serde::{Deserialize, Serialize};

pub use catalogue::{Catalogue, CatalogueCookbook, CatalogueDependency, CatalogueVersion};
pub(crate) use catalogues::Catalogues;
pub use files::CookbookView;
pub use list::ListedCookbook;
pub(crate) use list::constraints;
pub use put::SavedCookbook;

/// The container of all cookbooks.
pub(crate) const CONTAINER: &str = "cookbooks";

/// What is stored of a cookbook. Whoever adds a version rests on it: a cookbook that was made anew
/// under the same name is another.
#[derive(Serialize, Deserialize)]
pub(crate) struct CookbookRecord {
    pub(crate) created_at: Timestamp,
}

/// A version's stored name.
pub(crate) fn stored_name(cookbook: &str, version: Version) -> String {
    format!("{cookbook}/{version}")
}
