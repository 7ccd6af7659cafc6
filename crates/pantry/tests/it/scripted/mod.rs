//! The binary against a small server that answers from a script over real sockets.

mod agent;
mod cli_errors;
mod fake;
mod help;
mod process;
mod requests;
mod streaming;
mod terminal;
