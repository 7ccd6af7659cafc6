//! Search: what is found in which index, by which terms.
//!
//! An index is written in the same transaction as the documents it finds, so nothing that was
//! answered can be missing from it. Whoever changes a document says which of its terms went and which
//! came ([`crate::Change::Index`]): the store keeps terms and who has them, and knows nothing of what
//! they mean.
//!
//! What backends have in common is here as well: which of the values they walk ([`begin`],
//! [`is_beyond`]), and the documents that a leaf has found so far ([`Found`]). What they keep is
//! [`storable`](pantry_query::storable) when it comes, and what is asked for they make so.

mod found;
mod walk;

use std::collections::BTreeMap;
use std::fmt;

use crate::document::{Kind, Scope};

pub use found::{BLOCK, Found};
pub use walk::{begin, is_beyond};

/// All documents that one search can find: those of a kind in a scope, or of them those whose names
/// stand under a parent's (`PARENT/NAME`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index {
    /// In which scope.
    pub scope: Scope,
    /// Which kind.
    pub kind: Kind,
    /// Under which parent; `None` for a kind whose names have none.
    pub parent: Option<String>,
}

impl Index {
    /// The index of all documents of a kind.
    pub fn of(scope: &Scope, kind: Kind) -> Self {
        Self { scope: scope.clone(), kind, parent: None }
    }

    /// The index of those of a kind that are under a parent.
    pub fn under(scope: &Scope, kind: Kind, parent: &str) -> Self {
        Self { scope: scope.clone(), kind, parent: Some(parent.to_owned()) }
    }

    /// Whether this is the index of those of its kind that have such a name.
    pub fn holds(&self, name: &str) -> bool {
        self.parent.as_ref().is_none_or(|parent| {
            name.strip_prefix(parent.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scope, self.kind.as_str())?;
        self.parent.iter().try_for_each(|parent| write!(f, " {parent}/"))
    }
}

/// How an index stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// Which.
    pub index: Index,
    /// In which way its terms were made, if there is one that is searched: [`FORMAT`], or less.
    pub format: Option<u16>,
    /// Whether it is being built anew.
    pub is_building: bool,
}

impl IndexState {
    /// Indexes by their rows, in any order: each with its format, and whether the row is of what is
    /// being built.
    pub fn gather(rows: impl IntoIterator<Item = (Index, u16, bool)>) -> Vec<Self> {
        let mut all = BTreeMap::<Index, (Option<u16>, bool)>::new();
        for (index, format, is_building) in rows {
            let state = all.entry(index).or_default();
            if is_building {
                state.1 = true;
            } else {
                state.0 = Some(format);
            }
        }
        let state = |(index, (format, is_building))| Self { index, format, is_building };
        all.into_iter().map(state).collect()
    }

    /// Whether all that can be found is found, and nothing else.
    pub fn is_current(&self) -> bool {
        self.format == Some(FORMAT) && !self.is_building
    }
}

/// A document's number: what an index knows it by as long as it is there. Older ones have smaller
/// numbers; one that is gone may leave its number to a document made later.
pub type DocumentNumber = u64;

/// The number of the way in which documents' terms are made. It is kept with each index, and raised
/// with every change to that way: an index with a lower one is built anew.
pub const FORMAT: u16 = 1;
