//! Cookbooks: versions that are put, shown and deleted, and what is told of all of them together.
//!
//! A cookbook is there as long as it has a version, and its access control list is that of all its
//! versions. What lists, environments, the universe and the solver read is the [`Catalogue`], which is
//! in memory.

pub(crate) mod catalogue;
mod catalogues;

pub use catalogue::{Catalogue, CatalogueCookbook, CatalogueDependency, CatalogueVersion};
pub(crate) use catalogues::Catalogues;
