//! What can be done in Pantry, each thing in a file of its own: authorize, validate, commit.
//!
//! There is no transport here. Whoever speaks to users and machines calls [`UseCases`] with the
//! principal or [`Caller`] that it has verified, and is itself called through [`Fleet`] when machines
//! must hear of what was done. Every use case first finds out whether its caller may.

mod api_clients;
mod applications;
mod associations;
mod authorize;
mod callers;
mod containers;
mod fault;
pub mod first_start;
mod fleet;
mod groups;
mod invitations;
mod jobs;
mod key_ring;
mod ledger;
mod machines;
mod naming;
mod objects;
mod status;
mod usecases;
mod users;
mod workshop;

pub use applications::{ApplicationView, CreatedApplication, NewApplication};
pub use associations::MemberView;
pub use callers::{Caller, Candidate, KnownActors};
pub use fleet::{Fleet, Presence};
pub use groups::GroupView;
pub use invitations::{InvitationView, SentInvitation};
pub use jobs::NewJob;
pub use key_ring::KeyRing;
pub use naming::Names;
pub use usecases::{Random, UseCases};
pub use workshop::{KEYS_AHEAD, Workshop};
