//! The storage seam: what Pantry writes and reads, and nothing of how.
//!
//! There is one way to change anything that somebody decided: [`Store::commit`], one transaction
//! that changes objects and, as its last statements, appends to the ledgers. What changes often and
//! is nobody's decision (where a delivery stands, output, who was heard, what became of Chef runs) is
//! written in batches beside it. Everything is on disk when a method returns; a batch is written whole or not at all.
//!
//! Not-found is `None` or an empty list, never an error. Time is handed in. Nothing above this
//! crate knows which backend is used; a backend is right when it passes the contract suite.

pub mod columns;
#[cfg(feature = "contract")]
pub mod contract;
mod document;
mod error;
mod generation;
mod ledger;
mod object;
mod rows;
pub mod search;
mod store;
pub mod transfer;
mod write;

pub use document::{ContentHash, Document, Holder, Kind, Scope};
pub use error::StoreError;
pub use generation::{Family, Generations};
pub use ledger::{LastEntry, LedgerEnd, LedgerEntry, Verb};
pub use object::{Actor, ActorKey, Actors, Object, Place};
pub use rows::{Advance, OpenDelivery, OutputBatch, RunsWanted, Sighting};
pub use search::{DocumentNumber, Index, IndexState};
pub use store::{MAX_REFUSALS, Store};
pub use write::{Change, Entry, Expect, Write};
