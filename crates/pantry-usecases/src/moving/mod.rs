//! Moving the whole store to another backend while the server is there to be read.
//!
//! The server runs on a [`Gate`] before its store. Whoever moves the store ([`Mover`]) closes the
//! gate, has everything copied and compared, and leaves it closed if that was successful: what is
//! written after that must be written elsewhere. If it was not, the gate opens again, and nothing
//! has happened but that the target is partly filled, which another attempt goes on with.

mod gate;
mod mover;
mod run;

pub use gate::Gate;
pub use mover::{MoveError, Mover, OpenStore, Opened, Source, may_be_served};
