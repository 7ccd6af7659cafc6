//! Search: every change of an object keeps the index true in its own write, so what was answered is
//! found.
//!
//! `terms` says by what an object is found, `keep` adds to a write what changes of that, and `find`
//! asks. Permissions of single objects do not count here, as in the original: whoever belongs to an
//! application may search all of it.

mod find;
mod keep;
mod object;
mod terms;

pub use find::{Found, SearchQuery};
pub(crate) use keep::{create, create_object, delete, forget, rename, update};
pub use object::FoundObject;
pub use terms::terms_of;

use pantry_store::{Index, Kind, Scope};

/// The kinds of objects that can be searched, each with the name of its index, and data bags' items,
/// whose indexes are called as their bags are.
const INDEXES: [(&str, Kind); 4] = [
    ("client", Kind::ApiClient),
    ("environment", Kind::Environment),
    ("node", Kind::Node),
    ("role", Kind::Role),
];

/// The indexes of all objects of a kind in an application.
pub(crate) fn indexes_of_kinds(scope: &Scope) -> impl Iterator<Item = Index> {
    INDEXES.iter().map(|(_, kind)| Index::of(scope, *kind))
}

/// What an index is called.
pub(crate) fn index_name(index: &Index) -> &str {
    let known = INDEXES.iter().find(|(_, kind)| *kind == index.kind).map(|(name, _)| *name);
    index.parent.as_deref().or(known).unwrap_or_default()
}

/// The index of this name.
fn index_named(scope: &Scope, name: &str) -> Index {
    match INDEXES.iter().find(|(known, _)| *known == name) {
        Some((_, kind)) => Index::of(scope, *kind),
        None => Index::under(scope, Kind::DataBagItem, name),
    }
}

/// The index in which a document of an indexed kind is found.
fn index_of(scope: &Scope, kind: Kind, name: &str) -> Index {
    match name.split_once('/') {
        Some((bag, _)) if kind == Kind::DataBagItem => Index::under(scope, kind, bag),
        _ => Index::of(scope, kind),
    }
}
