//! How server, machines and users reach each other: ZeroMQ with CURVE, and nothing without it.
//!
//! The [`server`] binds two sockets, to publish and to receive, and knows every connection by the
//! verified key behind it. A [`client`] connects to both (a user only to the second) and connects
//! again by itself. [`frames`] says how a message looks on the wire.
//!
//! libzmq's sockets belong to one thread each side, which never blocks on anything but its poll;
//! tokio talks to it through bounded channels. Only `ffi` names libzmq.

mod bell;
pub mod client;
mod descriptor;
mod ffi;
pub mod files;
pub mod frames;
mod keys;
mod monitor;
mod options;
mod outbox;
pub mod server;

pub use keys::generate_key_pair;
