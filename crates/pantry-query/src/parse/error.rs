//! Why a text is no query, and where.

use std::fmt;

use super::{MAX_DEPTH, MAX_QUERY_BYTES};

/// Characters shown on either side of the place.
const SHOWN: usize = 32;

/// A text is no query. Shown, it is a sentence, then the place in the query with a caret below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    problem: Problem,
    offset: usize,
    /// What stands before the place and behind it.
    around: (String, String),
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is too long.
    #[error("a query has at most {MAX_QUERY_BYTES} bytes, and this one has {0}")]
    TooLong(usize),
    /// Its groups are too deep.
    #[error("groups are nested at most {MAX_DEPTH} deep")]
    TooDeep,
    /// There is nothing in it, or in a group.
    #[error("a term is missing here, such as `name:web1` or `*:*`")]
    NothingHere,
    /// A field without a value.
    #[error(
        "a value must follow the colon at once: a text, \"a text with spaces\", [A TO B] or (…)"
    )]
    NoValue,
    /// An operator that joins two terms has none before it.
    #[error("{0} joins two terms, and none stands before it")]
    NothingBefore(&'static str),
    /// Two of `+`, `-`, `!` and `NOT` in a row.
    #[error("only one of +, -, ! and NOT stands before a term")]
    TwoSigns,
    /// `+` or `-` that belongs to nothing.
    #[error("the term must follow {0} at once; to search for the sign itself, write \\{0}")]
    LooseSign(char),
    /// A second colon.
    #[error("a colon within a text is written \\:")]
    Colon,
    /// A character that means something, where it means nothing.
    #[error("{0} has no meaning here; to search for it, write \\{0}")]
    Unexpected(char),
    /// A quote or bracket that is never closed.
    #[error("{0} is never closed")]
    Unclosed(char),
    /// A backslash before a letter, or before nothing.
    #[error("a backslash stands before a special character; itself it is written \\\\")]
    Backslash,
    /// A range that is not written as one.
    #[error("a range is written [A TO B] or {{A TO B}}, and * is a bound that does not bound")]
    Range,
    /// A wildcard in a bound.
    #[error("a bound of a range has no wildcards; to mean the character itself, write \\* or \\?")]
    WildBound,
    /// `^` without a number.
    #[error("a number must follow ^ at once")]
    NoBoost,
    /// `~1.5`.
    #[error("~ is followed by a number of edits, or by a likeness below 1 such as ~0.8")]
    Likeness,
}

impl ParseError {
    pub(super) fn new(problem: Problem, query: &str, offset: usize) -> Self {
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let (before, behind) = query.split_at_checked(offset).unwrap_or((query, ""));
        let mut before: Vec<char> = before.chars().rev().take(SHOWN).map(printable).collect();
        before.reverse();
        let behind = behind.chars().take(SHOWN).map(printable).collect();
        Self { problem, offset, around: (before.into_iter().collect(), behind) }
    }

    /// What is wrong.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// Where: the byte of the query at which what is wrong begins.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.problem)?;
        if matches!(self.problem, Problem::TooLong(_)) {
            return Ok(());
        }
        let (before, behind) = &self.around;
        let column = before.chars().count();
        write!(f, "\n  {before}{behind}\n  {:column$}^", "")
    }
}

impl std::error::Error for ParseError {}
