//! pantry-wire against real sockets: its own client, and pyzmq as the independent peer.

mod client_and_server;
mod frames;
mod house;
