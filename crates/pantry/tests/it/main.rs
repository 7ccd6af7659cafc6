//! The binary as its users meet it: real processes, real sockets, real files.
//!
//! `whole`, `killed` and `documents` run a whole Pantry. In the others the server is a small one
//! that answers from a script over real sockets, so that every answer a server can give is met.

mod agent;
mod cli_errors;
mod documents;
mod fake;
mod help;
mod killed;
mod process;
mod requests;
mod streaming;
mod terminal;
mod whole;
