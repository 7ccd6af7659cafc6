//! Who asks, and what that lets them do.
//!
//! Whoever speaks for a transport asks [`UseCases::known`](crate::UseCases::known) who may hide
//! behind a name, proves one of them (by a signature, or by a verified connection), and has a
//! [`Caller`] of it. Only with one can a use case be called, so none can forget to ask.
//!
//! What is known of an actor (keys, all that it is a member of) is kept in memory with the
//! generations that it rests on, and is used only while they stand: a revocation holds for the very
//! next request, on any server.

mod caller;
mod identify;
mod known;

pub use caller::Caller;
pub use known::{Candidate, KnownActors};
pub(crate) use known::{KnownCache, cache};
