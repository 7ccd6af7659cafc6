//! What can be done in Pantry, each thing in a file of its own: authorize, validate, commit.
//!
//! There is no transport here. Whoever speaks to users and machines calls [`UseCases`] with the
//! principal that it has verified, and is itself called through [`Fleet`] when machines must hear
//! of what was done. Every use case asks [`authorize`] first, and only there is decided who may.

mod applications;
pub mod authorize;
mod callers;
mod fault;
pub mod first_start;
mod fleet;
mod jobs;
mod key_ring;
mod ledger;
mod machines;
mod objects;
mod status;
mod usecases;
mod workshop;

pub use callers::{Caller, Candidate, KnownActors};
pub use fleet::{Fleet, Presence};
pub use jobs::NewJob;
pub use key_ring::KeyRing;
pub use usecases::{Random, UseCases};
pub use workshop::Workshop;
