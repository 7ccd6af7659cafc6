//! The binary against a small server that answers from a script over real sockets.

mod agent;
mod chef_running;
mod cli_errors;
mod fake;
mod help;
pub(crate) mod process;
mod requests;
mod solving;
mod streaming;
pub(crate) mod terminal;
