//! Solving run lists: which versions of cookbooks a node gets.
//!
//! A run list is solved by workers of its own, over those cookbooks that it can come upon. Hundreds of
//! nodes with the same run list get the same answer from memory,
//! as long as neither cookbooks nor environment have changed.

mod answers;
mod environment;
mod solver;

pub(crate) use answers::{Chosen, answer};
pub use environment::SolvedCookbook;
pub(crate) use environment::{ChosenCookbooks, ROUNDS};
pub(crate) use solver::{Solver, on};
