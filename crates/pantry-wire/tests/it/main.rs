//! pantry-wire against real sockets: its own client, and pyzmq as the independent peer.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's leave for tests covers only the test functions, not their helpers"
)]

mod admission;
mod bad_input;
mod client_and_server;
mod frames;
mod house;
mod pyzmq;
mod revocation;
mod subscriptions;
