//! Which versions of cookbooks fit together, and why none do.
//!
//! A [`Universe`] holds all versions and what they depend on; it is built once and asked often. A
//! [`Request`] is a run list and what constrains the choice beside it. The answer is a [`Solution`],
//! the best there is, or a [`Failure`] with the sentences of the original Chef Server; [`explain()`]
//! tells the same so that people understand it.
//!
//! The search is the crate `pubgrub`'s: what it has once found not to go together it never tries
//! again, so an answer takes milliseconds where the original gives up after seconds. Nothing here
//! reads a clock, and the same request over the same universe has the same answer always.

mod contradiction;
mod culprit;
mod explain;
mod failure;
mod hitting;
mod paths;
mod prefer;
mod problem;
mod removed;
mod request;
mod search;
mod set;
mod solve;
mod universe;

pub use explain::MAX_SENTENCES;
pub use failure::Failure;
pub use paths::{MAX_PATHS_BYTES, MORE};
pub use request::{InvalidItem, Item, Request};
pub use solve::{Solution, explain, solve};
pub use universe::{Universe, UniverseBuilder};
