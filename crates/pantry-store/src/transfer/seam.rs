//! What a backend does for a move.

use async_trait::async_trait;

use super::row::{Key, Row};
use super::table::Table;
use crate::Store;
use crate::error::StoreError;

/// How much is read at once: whichever of the two is reached first ends a page.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// At most so many rows.
    pub rows: u32,
    /// No further row once there are so many bytes.
    pub bytes: usize,
}

/// A note that a store keeps about itself, and that no table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is being filled from another store, and is none that could be served: see
    /// [`super::Filling`].
    Filling,
    /// It was moved into another store, and must not be written any more: see [`super::Moved`].
    Moved,
}

impl Mark {
    /// The stored form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Moved => "moved",
        }
    }
}

/// A store that can be moved, and moved into.
#[async_trait]
pub trait Transfer: Store {
    /// Rows of a table whose keys come after this one, in the order of their keys. Within the
    /// bounds, but at least one if there is one: so none means that there are no more.
    async fn rows(&self, table: Table, after: &Key, bounds: Bounds)
    -> Result<Vec<Row>, StoreError>;

    /// How many rows a table has.
    async fn row_count(&self, table: Table) -> Result<u64, StoreError>;

    /// In one transaction: deletes the rows with the keys of `gone`, if they are there, and then
    /// puts these rows in the place of those with their keys. What refers to a row goes with it, if
    /// it is deleted, and may or may not if it is replaced.
    async fn patch(&self, table: Table, gone: Vec<Key>, put: Vec<Row>) -> Result<(), StoreError>;

    /// What a mark says, if it is set.
    async fn mark(&self, mark: Mark) -> Result<Option<String>, StoreError>;

    /// Sets a mark, or takes it away.
    async fn set_mark(&self, mark: Mark, text: Option<String>) -> Result<(), StoreError>;

    /// How many other servers are using this store now.
    async fn others(&self) -> Result<u64, StoreError>;
}
