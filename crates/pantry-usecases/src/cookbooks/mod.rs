//! Cookbooks: versions that are put, shown and deleted, and what is told of all of them together.
//!
//! A cookbook is there as long as it has a version, and its access control list is that of all its
//! versions. What lists, environments, the universe and the solver read is the [`Catalogue`], which is
//! in memory.

pub(crate) mod catalogue;
mod catalogues;
mod delete;
pub(crate) mod files;
mod list;
mod put;
mod show;
pub(crate) mod versioned;
mod visible;

use pantry_model::Version;

pub use catalogue::{Catalogue, CatalogueCookbook, CatalogueDependency, CatalogueVersion};
pub(crate) use catalogues::Catalogues;
pub use files::CookbookView;
pub use list::ListedCookbook;
pub(crate) use list::constraints;
pub use put::SavedCookbook;
pub use visible::{CookbooksAt, VisibleCookbooks};

/// The container of all cookbooks.
pub(crate) const CONTAINER: &str = "cookbooks";

/// A version's stored name.
pub(crate) fn stored_name(cookbook: &str, version: Version) -> String {
    format!("{cookbook}/{version}")
}
