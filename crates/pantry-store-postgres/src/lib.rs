//! Pantry's storage in PostgreSQL: what servers use that share their data, or have outgrown one
//! machine.

mod store;

pub use store::PostgresStore;
