//! What stores say about themselves before, during and after a move, and what follows from it.
//!
//! *Filling* is set before the first row is written, and taken away when all of them have been
//! verified: nobody can serve half a store. *Moved* is set in the source just before that, so there
//! is no moment at which both could be written.

use serde::{Deserialize, Serialize};

use super::copy::CopyError;
use super::row::{Cell, Key};
use super::seam::{Bounds, Mark, Transfer};
use super::table::Table;
use crate::document::Scope;
use crate::error::StoreError;

/// That a store is being filled from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// What tells the source from all others, whatever it is called: its server's public key.
    pub server: String,
    /// What the source is called, for people.
    pub from: String,
}

/// That a store was moved into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What that is called, without a password.
    pub to: String,
}

impl Filling {
    /// What a store says of itself, if it is being filled.
    pub async fn of(store: &dyn Transfer) -> Result<Option<Self>, StoreError> {
        read(store, Mark::Filling).await
    }
}

impl Moved {
    /// What a store says of itself, if it was moved.
    pub async fn of(store: &dyn Transfer) -> Result<Option<Self>, StoreError> {
        read(store, Mark::Moved).await
    }

    /// Takes it back: the store may be written again.
    pub async fn forget(store: &dyn Transfer) -> Result<(), StoreError> {
        store.set_mark(Mark::Moved, None).await
    }
}

async fn read<T: for<'a> Deserialize<'a>>(
    store: &dyn Transfer,
    mark: Mark,
) -> Result<Option<T>, StoreError> {
    let Some(text) = store.mark(mark).await? else { return Ok(None) };
    let broken = |error| StoreError::Broken(format!("the mark `{}`: {error}", mark.as_str()));
    serde_json::from_str(&text).map(Some).map_err(broken)
}

async fn write<T: Serialize + Sync>(
    store: &dyn Transfer,
    mark: Mark,
    value: &T,
) -> Result<(), StoreError> {
    let text =
        serde_json::to_string(value).map_err(|error| StoreError::Broken(error.to_string()))?;
    store.set_mark(mark, Some(text)).await
}

/// Sees that the target may be filled from this source, and marks it.
pub async fn prepare(to: &dyn Transfer, filling: &Filling) -> Result<(), CopyError> {
    let target = CopyError::Target;
    match Filling::of(to).await.map_err(target)? {
        Some(found) if found.server == filling.server => return Ok(()),
        Some(found) => {
            return Err(CopyError::Taken(format!(
                "the store to move to is being filled from another one, {}: give it an empty one",
                found.from
            )));
        }
        None => {}
    }
    if to.others().await.map_err(target)? > 0 {
        return Err(CopyError::Taken(
            "a server is using the store to move to: give it one that nobody uses".to_owned(),
        ));
    }
    if !is_empty(to).await.map_err(target)? {
        return Err(CopyError::Taken(
            "the store to move to is not empty: give it an empty one".to_owned(),
        ));
    }
    write(to, Mark::Filling, filling).await.map_err(target)
}

/// After the copy was verified: the source is not to be written any more, and the target may be
/// served.
pub async fn finish(
    from: &dyn Transfer,
    to: &dyn Transfer,
    moved: &Moved,
) -> Result<(), CopyError> {
    write(from, Mark::Moved, moved).await.map_err(CopyError::Source)?;
    to.set_mark(Mark::Filling, None).await.map_err(CopyError::Target)
}

/// Whether nothing is there but what a new store has: `_global`, which nothing was entered in.
async fn is_empty(store: &dyn Transfer) -> Result<bool, StoreError> {
    for &table in Table::ALL.iter().filter(|&&table| table != Table::Scopes) {
        if store.row_count(table).await? > 0 {
            return Ok(false);
        }
    }
    let bounds = Bounds { rows: 2, bytes: usize::MAX };
    let scopes = store.rows(Table::Scopes, &Key::least(Table::Scopes), bounds).await?;
    let nothing = |cell: &Cell| *cell == Cell::Integer(0);
    let new = |cells: &[Cell]| match cells {
        [Cell::Text(name), rest @ ..] => name == Scope::Global.as_str() && rest.iter().all(nothing),
        _ => false,
    };
    Ok(scopes.len() < 2 && scopes.iter().all(|row| new(row.cells())))
}
