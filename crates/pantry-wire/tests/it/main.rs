//! pantry-wire against real sockets: its own client, and pyzmq as the independent peer.

mod admission;
mod bad_input;
mod client_and_server;
mod frames;
mod house;
mod pyzmq;
mod revocation;
mod subscriptions;
