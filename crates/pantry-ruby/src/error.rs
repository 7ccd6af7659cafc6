//! Why a file could not be read, and where.

use std::fmt;

use crate::limits;

/// A file that could not be read: the place, what stands there, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// The file, as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
    /// What to do instead, where Ruby itself would have understood.
    pub remedy: Option<String>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, problem, remedy } = self;
        write!(f, "{file}:{line}:{column}: {problem}")?;
        remedy.as_ref().map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is not Ruby.
    #[error("this is not Ruby: {0}")]
    Syntax(String),
    /// Reading it would take more than looking at it.
    #[error("{what} cannot be evaluated here: {why}")]
    Outside {
        /// The construct.
        what: String,
        /// What it would take.
        why: &'static str,
    },
    /// It may well be Ruby, and is not known here.
    #[error("{0} is a part of Ruby that is not evaluated here")]
    Unknown(String),
    /// A method that does not exist, or is not known here.
    #[error("`{method}` of {receiver} is not known here")]
    NoMethod {
        /// Its name.
        method: String,
        /// What kind of value it was called on.
        receiver: &'static str,
    },
    /// A name that stands for nothing.
    #[error("`{0}` is neither a variable nor a word that may stand in this file")]
    NoWord(String),
    /// A method was called with what it does not take.
    #[error("{0}")]
    Wrong(String),
    /// The file raises it.
    #[error("the file itself says: {0}")]
    Raised(String),
    /// More than a file may ask for.
    #[error("this goes beyond the limit of {limit} {what}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// A text that JSON cannot hold.
    #[error("this text is not UTF-8")]
    NotUtf8,
    /// The parser itself failed.
    #[error("the parser failed on this file")]
    Parser,
}

impl Problem {
    /// Whether Ruby might have gone on here, so that there is another way to say the same.
    pub(crate) fn is_ours(&self) -> bool {
        match self {
            Self::Outside { .. }
            | Self::Unknown(_)
            | Self::NoMethod { .. }
            | Self::NoWord(_)
            | Self::Limit { .. }
            | Self::NotUtf8
            | Self::Parser => true,
            Self::Syntax(_) | Self::Wrong(_) | Self::Raised(_) => false,
        }
    }

    pub(crate) fn wrong(text: impl Into<String>) -> Self {
        Self::Wrong(text.into())
    }

    pub(crate) fn too_deep() -> Self {
        Self::Limit { what: "levels inside each other", limit: limits::NESTING }
    }

    pub(crate) fn too_long() -> Self {
        Self::Limit { what: "steps", limit: limits::STEPS }
    }

    pub(crate) fn too_large() -> Self {
        Self::Limit { what: "bytes of values", limit: limits::MEMORY_BYTES }
    }
}

/// Where in the source: bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) usize);

/// What happened at a place, before it is known which file and line that is.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) problem: Problem,
    pub(crate) place: Place,
}

impl Fault {
    /// The error that a reader is told.
    pub(crate) fn told(self, file: &str, source: &str, remedy: &str) -> Error {
        let before = source.get(..self.place.0).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let remedy = self.problem.is_ours().then(|| remedy.to_owned());
        Error { file: file.to_owned(), line, column, problem: self.problem, remedy }
    }
}
