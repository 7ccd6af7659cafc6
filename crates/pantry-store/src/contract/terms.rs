//! Terms for the cases, in as few words as possible.

use pantry_query::{Key, Term, storable};

use super::samples::{put, scope, write};
use crate::{Change, Index, Kind, Write};

/// A term, in the form in which it is kept.
pub(super) fn term(path: &str, leaf: &str, value: &str) -> Term {
    let [path, leaf, value] = [path, leaf, value].map(|text| storable(text).into_owned());
    Term { key: Key { path, leaf }, value }
}

/// Terms of the form `a_b=value`, whose leaf is what stands after the last `_`.
pub(super) fn terms(all: &[&str]) -> Vec<Term> {
    let one = |text: &&str| {
        let (path, value) = text.split_once('=').unwrap();
        term(path, path.rsplit('_').next().unwrap(), value)
    };
    all.iter().map(one).collect()
}

/// The index of an application's nodes.
pub(super) fn nodes(application: &str) -> Index {
    Index::of(&scope(application), Kind::Node)
}

/// Changes by what a document is found.
pub(super) fn index_nodes(index: &Index, name: &str, gone: &[Term], new: &[Term]) -> Change {
    let (gone, new) = (gone.to_vec(), new.to_vec());
    Change::Index { index: index.clone(), name: name.to_owned(), gone, new }
}

/// Stores a document, and by what it is found.
pub(super) fn save(index: &Index, name: &str, gone: &[Term], new: &[Term]) -> Write {
    let mut write = write();
    write.changes.push(put(&index.scope, index.kind, name, b"x"));
    write.changes.push(index_nodes(index, name, gone, new));
    write
}
