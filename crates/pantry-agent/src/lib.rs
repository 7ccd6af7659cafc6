//! The machine's side of Pantry: runs what it is told to, and never twice.
//!
//! [`run`] is the whole agent. Inside, a loop ([`agent`]) moves news between four parts: the
//! *session* (whether the server has let this machine in), the *book* (what is known of each job,
//! and what is still to be said of it), the jobs' own tasks ([`job`], [`commands`], [`process`],
//! [`output`]), and the data directory's thread ([`disk`], [`journal`], [`spool`]). Nothing is said
//! before it is on disk, and nothing is started before that is. Beside them, what the machine is
//! ([`facts`]) is told when there is nothing else to do.

pub mod agent;
mod book;
mod chef;
pub mod commands;
pub mod config;
pub mod data_dir;
pub mod disk;
pub mod error;
mod facts;
mod file_service;
mod files;
pub mod job;
pub mod journal;
pub mod output;
pub mod process;
mod session;
pub mod spool;
mod start;
mod time;

pub use agent::{run, run_on};
pub use chef::{ChefConfig, WhenBusy};
pub use commands::Rules;
pub use config::{AgentState, Config};
pub use data_dir::DataDirError;
pub use error::AgentError;
pub use facts::{FactsConfig, Ohai};
pub use file_service::Files;
pub use files::FileRules;

/// The agent's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
