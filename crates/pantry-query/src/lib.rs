//! Search, as values: what a query asks for, by what an object is found, and how answers are put
//! together.
//!
//! An object is found by its [`Term`]s: each of its attributes under the names of all keys that lead
//! to it. A query is a tree; a store is asked its [`Plan`]: the distinct [`Leaf`]s, each of which it
//! looks up as it can, and a formula of and, or and not over the sorted numbers that they found.
//! Nothing here reads or writes anything.

mod number;
mod pattern;
mod plan;
mod storable;
mod term;
mod terms;

pub use pattern::{Part, Pattern};
pub use plan::{Bound, Field, Formula, Leaf, Plan, Range, Sought};
pub use storable::{MAX_TERM_BYTES, storable};
pub use term::{Key, Term};
pub use terms::{Difference, Terms};
