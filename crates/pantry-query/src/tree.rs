//! A query as it was written: a tree whose nodes know where they stand.

use std::ops::Range as Span;

use crate::pattern::Pattern;
use crate::plan::Range;

/// A query in the language of Chef's search. It is read with [`Query::parse`], printed by its
/// [`Display`](std::fmt::Display) so that it reads as the same tree, and asked of a store as its
/// [`plan`](Query::plan).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// At least one; the first stands [`Beside`](Joint::Beside) nothing.
    pub clauses: Vec<Clause>,
}

/// One of several expressions that stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// How it is joined to the one before.
    pub joint: Joint,
    /// Whether what it says must be so, or must not.
    pub sign: Sign,
    /// What it says.
    pub node: Node,
}

/// What stands between two clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Nothing, which means the same as `OR`.
    Beside,
    /// `AND` or `&&`.
    And,
    /// `OR` or `||`.
    Or,
}

/// What stands before a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing.
    Plain,
    /// `+`.
    Required,
    /// `NOT`, `!` or `-`.
    Prohibited,
}

/// An expression, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The bytes of the query that are this expression.
    pub span: Span<usize>,
    /// What it says.
    pub expression: Expression,
}

/// What a node says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `FIELD:WANTED`, or what is wanted alone, under any key.
    Term {
        /// Under which key.
        field: Option<Wording>,
        /// What stands there.
        wanted: Wanted,
    },
    /// `FIELD:(CLAUSES)` or `(CLAUSES)`.
    Group {
        /// Under which key those of the clauses look that name none.
        field: Option<Wording>,
        /// At least one; the first stands beside nothing.
        clauses: Vec<Clause>,
    },
}

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This text.
    Text(Wording),
    /// This text, or one that becomes it by at most so many edits: `web~1`. Never an empty one.
    Like(String, u8),
    /// One between two bounds: `[1 TO 5]`.
    Within(Range),
}

/// A text, perhaps with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Just this one.
    Exactly(String),
    /// Any that matches.
    Matching(Pattern),
}
