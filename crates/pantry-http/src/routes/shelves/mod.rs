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

use pantry_usecases::ShelfView;
use serde_json::{Value, json};

/// A shelf as it is told. Whom it is granted to stands there for those who may grant it.
fn document(view: &ShelfView) -> Value {
    let ShelfView { name, is_published, is_for_all, grants } = view;
    let mut document =
        json!({ "name": name, "published": is_published, "granted_to_all": is_for_all });
    if let Some(grants) = grants {
        document["grants"] = json!(grants);
    }
    document
}
