//! Pantry's storage in one SQLite file: what a server uses that has no database server beside it.
//!
//! One thread writes and commits in groups ([`writer`]), a few read ([`readers`]), and callers wait
//! for either without blocking a thread of theirs. Threads, and not the runtime's blocking pool:
//! each owns a connection, and the queues before them are bounded. What is read by name and is a
//! few rows is read where it is asked for ([`points`]), and [`generations`] are in memory. Every
//! family of the seam has its file with its SQL.

mod actor_keys;
mod actors;
mod commit;
mod contents;
mod deliveries;
mod documents;
mod error;
mod generations;
mod index;
mod jobs;
mod keys;
mod ledger;
mod members;
mod migrations;
mod numbers;
mod objects;
mod open;
mod output;
mod points;
mod readers;
mod refusals;
mod runs;
mod scopes;
mod search;
mod sightings;
mod sql;
mod store;
mod transfer;
mod writer;

pub use open::{DATABASE_FILE, LOCK_FILE, OpenError};
pub use store::SqliteStore;
