//! Shelves: organizations whose cookbooks others may use, and which of them an organization uses.

pub(super) mod adopt;
pub(super) mod attach;
pub(super) mod attached;
pub(super) mod detach;
pub(super) mod grant;
pub(super) mod list;
pub(super) mod order;
pub(super) mod promote;
pub(super) mod put;
pub(super) mod revoke;
pub(super) mod show;

use pantry_model::ApplicationName;
use pantry_usecases::ShelfView;
use serde::Serialize;

/// A shelf as it is told. Whom it is granted to stands there for those who may grant it.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a ApplicationName,
    published: bool,
    granted_to_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<&'a [String]>,
}

impl<'a> From<&'a ShelfView> for Document<'a> {
    fn from(view: &'a ShelfView) -> Self {
        let ShelfView { name, is_published, is_for_all, grants } = view;
        let (published, granted_to_all) = (*is_published, *is_for_all);
        Self { name, published, granted_to_all, grants: grants.as_deref() }
    }
}
