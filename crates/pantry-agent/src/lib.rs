//! The machine's side of Pantry: runs what it is told to, and never twice.

pub mod commands;
pub mod data_dir;
pub mod disk;
pub mod job;
pub mod journal;
pub mod output;
pub mod process;
pub mod spool;
mod time;

/// The agent's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
