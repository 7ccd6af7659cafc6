//! PostgreSQL for a test: throw-away servers and databases.
//!
//! A test that only needs a database takes a [`Database`]: one of its own, in a server that all
//! tests of a run share, in whichever processes they are. A test that stops, kills, starves or
//! reconfigures a server takes a [`Cluster`], which nobody else sees.
//!
//! Nothing is left running, however a test ends. Each server has a supervisor (a shell script), and
//! whoever uses the server holds a lock, which the system takes away from a process that ends: then
//! the supervisor ends the server and deletes its files.
//!
//! Databases sort text as people do, not by bytes, so that a statement that forgets to say that it
//! means bytes is found out.

mod cluster;
mod database;
mod process;
mod programs;
mod server;
mod session;
mod shared;
#[cfg(feature = "postgres")]
mod template;

pub use cluster::Cluster;
pub use database::Database;
