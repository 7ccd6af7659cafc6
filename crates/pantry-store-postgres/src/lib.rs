//! Pantry's storage in PostgreSQL: what servers use that share their data, or have outgrown one
//! machine.
//!
//! A write is one transaction, sent in one go ([`pipeline`]), whose scopes are locked before
//! anything is checked ([`scopes`]). A read is one statement, or several that see one moment; a
//! [`pool`] of connections replaces those that are lost. Every family of the seam has its file with
//! its SQL, as in the other backend.

mod actor_keys;
mod actors;
mod commit;
mod committer;
mod deliveries;
mod documents;
mod error;
mod generations;
mod jobs;
mod keys;
mod ledger;
mod members;
mod migrations;
mod objects;
mod output;
mod pipeline;
mod pool;
mod refusals;
mod row;
mod scopes;
mod sightings;
mod store;
mod transfer;

pub use store::PostgresStore;
