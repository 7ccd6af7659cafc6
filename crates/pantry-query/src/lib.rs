//! Search, as values: what a query asks for, by what an object is found, and how answers are put
//! together.
//!
//! An object is found by its [`Terms`]: each of its attributes under the names of all keys that lead
//! to it. A [`Query`] is a tree; a store is asked its [`Plan`]: the distinct [`Leaf`]s, each of which it
//! looks up as it can, and a formula of and, or and not over the sorted numbers that they found.
//! Nothing here reads or writes anything.

mod evaluate;
mod like;
mod meaning;
mod number;
mod parse;
mod pattern;
mod plan;
mod print;
mod storable;
mod term;
mod terms;
mod tree;

pub use parse::{MAX_DEPTH, MAX_QUERY_BYTES, ParseError, Problem};
pub use pattern::{Part, Pattern};
pub use plan::{Bound, Field, Formula, Leaf, Plan, Range, Sought};
pub use storable::{MAX_TERM_BYTES, storable};
pub use term::{Key, Term};
pub use terms::{Difference, MAX_TERMS_BYTES, Terms};
pub use tree::{Clause, Expression, Joint, Node, Query, Sign, Wanted, Wording};
