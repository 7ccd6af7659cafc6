//! The copy: both stores are walked side by side, and the target is put right where it differs.
//!
//! So there is no state of the copy anywhere but in the target itself. One that was interrupted
//! goes on by being begun again; what is right already is read, which is quicker than writing it.
//!
//! Putting a row right may take away what refers to it (a changed document, its memberships).
//! Tables come in an order in which everything refers to earlier ones, so what was lost that way is
//! found missing afterwards.

use std::cmp::Ordering;

use super::digest::Digest;
use super::row::{Key, Row};
use super::seam::Transfer;
use super::side::Side;
use super::table::Table;
use crate::error::StoreError;

/// What is written at once: more would make a transaction that a store is long busy with.
const MOST_ROWS: usize = 1000;
const MOST_BYTES: usize = 4 << 20;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Rows are compared and put right.
    Copying,
    /// Both sides are read again.
    Verifying,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// With which table.
    pub table: Table,
    /// How many rows of the source are done.
    pub done: u64,
    /// How many it has.
    pub of: u64,
}

/// What a copy had to do to one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which.
    pub table: Table,
    /// Rows that were there already as they should be.
    pub equal: u64,
    /// Rows that were written.
    pub written: u64,
    /// Rows that were there and should not be.
    pub deleted: u64,
}

/// Why a store cannot be copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The source cannot be read.
    #[error("the store that is moved: {0}")]
    Source(StoreError),
    /// The target cannot be read or written.
    #[error("the store that it is moved to: {0}")]
    Target(StoreError),
    /// The target holds something already, and not a part of this source.
    #[error("{0}")]
    Taken(String),
    /// Both sides were read again after the copy, and are not the same.
    #[error("the copy is not what it should be: {table} has {original}, and its copy {copied}")]
    Differs {
        /// Where.
        table: Table,
        /// What the source has.
        original: Digest,
        /// What the target has.
        copied: Digest,
    },
}

/// Makes the target what the source is. Nobody else may write either of them meanwhile.
pub async fn copy(
    from: &dyn Transfer,
    to: &dyn Transfer,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Vec<Tally>, CopyError> {
    let mut tallies = Vec::with_capacity(Table::ALL.len());
    for &table in Table::ALL {
        let of = from.row_count(table).await.map_err(CopyError::Source)?;
        let mut report = |done| progress(Progress { step: Step::Copying, table, done, of });
        report(0);
        tallies.push(copy_table(from, to, table, &mut report).await?);
    }
    Ok(tallies)
}

async fn copy_table(
    from: &dyn Transfer,
    to: &dyn Transfer,
    table: Table,
    report: &mut (dyn FnMut(u64) + Send),
) -> Result<Tally, CopyError> {
    let (mut source, mut target) = (Side::new(from, table), Side::new(to, table));
    let mut patch = Patch { to, table, gone: Vec::new(), put: Vec::new(), bytes: 0 };
    let mut tally = Tally { table, equal: 0, written: 0, deleted: 0 };
    loop {
        let here = source.peek().await.map_err(CopyError::Source)?;
        let there = target.peek().await.map_err(CopyError::Target)?;
        let order = match (here, there) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(here), Some(there)) if here == there => {
                tally.equal += 1;
                source.next().await.map_err(CopyError::Source)?;
                target.next().await.map_err(CopyError::Target)?;
                report(tally.equal + tally.written);
                continue;
            }
            (Some(here), Some(there)) => here.key().cmp(&there.key()),
        };
        if order != Ordering::Less
            && let Some(row) = target.next().await.map_err(CopyError::Target)?
            && order == Ordering::Greater
        {
            tally.deleted += 1;
            patch.gone.push(row.key());
        }
        if order != Ordering::Greater
            && let Some(row) = source.next().await.map_err(CopyError::Source)?
        {
            tally.written += 1;
            patch.put(row);
            report(tally.equal + tally.written);
        }
        if patch.is_full() {
            patch.apply().await?;
        }
    }
    patch.apply().await?;
    Ok(tally)
}

/// What is to be put right in the target next.
struct Patch<'a> {
    to: &'a dyn Transfer,
    table: Table,
    gone: Vec<Key>,
    put: Vec<Row>,
    bytes: usize,
}

impl Patch<'_> {
    fn put(&mut self, row: Row) {
        self.bytes = self.bytes.saturating_add(row.size());
        self.put.push(row);
    }

    fn is_full(&self) -> bool {
        self.gone.len() + self.put.len() >= MOST_ROWS || self.bytes >= MOST_BYTES
    }

    async fn apply(&mut self) -> Result<(), CopyError> {
        if self.gone.is_empty() && self.put.is_empty() {
            return Ok(());
        }
        let (gone, put) = (std::mem::take(&mut self.gone), std::mem::take(&mut self.put));
        self.bytes = 0;
        self.to.patch(self.table, gone, put).await.map_err(CopyError::Target)
    }
}
