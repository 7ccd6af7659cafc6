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
mod config;
mod connect;
mod contents;
mod deliveries;
mod documents;
mod error;
mod generations;
mod holds;
mod index;
mod jobs;
mod keys;
mod ledger;
mod manager;
mod members;
mod migrations;
mod notice;
mod objects;
mod open;
mod output;
mod pipeline;
mod pool;
mod refusals;
mod row;
mod runs;
mod scopes;
mod search;
mod sightings;
#[cfg(test)]
mod sql;
mod store;
mod tls;
mod transfer;

pub use config::{Config, UrlError};
pub use connect::ConnectError;
pub use migrations::STEPS;
pub use open::{OpenError, Reached, look};
pub use store::PostgresStore;
pub use tls::TlsFilesError;
