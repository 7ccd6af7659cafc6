//! The binary from outside: what it prints, and what it ends with.
//!
//! The server in these tests is a small one that answers from a script over real sockets, so that
//! every answer a server can give is met here; the real one is tested with the whole system.

mod agent;
mod cli_errors;
mod fake;
mod help;
mod process;
mod requests;
mod streaming;
mod terminal;
