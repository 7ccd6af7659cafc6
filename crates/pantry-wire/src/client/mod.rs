//! The client's side: a machine with its two connections to the server, a user with one.
//!
//! One [`Network`] has one IO thread for any number of clients. A client connects by itself, and
//! again whenever it must, after pauses that grow and are jittered; libzmq's own reconnecting is
//! off, because it never tries again after a refused key, and because both connections of a
//! machine are one to whoever uses it: lost when either is lost, there when both are.

mod backoff;
mod config;
mod connection;
mod link;
mod network;
mod worker;

pub use backoff::Backoff;
pub use config::{Config, Event};
pub use network::{Client, Network, SendError, StartError};
