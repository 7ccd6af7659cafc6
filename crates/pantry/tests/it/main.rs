//! The binary as its users meet it: real processes, real sockets, real files.

mod documents;
mod killed;
mod whole;
