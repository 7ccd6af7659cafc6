//! Pantry's storage in PostgreSQL: what servers use that share their data, or have outgrown one
//! machine.

mod config;
mod connect;
mod store;
mod tls;

pub use config::{Config, UrlError};
pub use connect::ConnectError;
pub use store::PostgresStore;
pub use tls::TlsFilesError;
