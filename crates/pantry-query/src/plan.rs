//! What a store is asked: leaves to look up, and a formula over what they found.

use crate::like::is_like;
use crate::pattern::Pattern;
use crate::term::{Key, Term};

/// One thing to look up: all objects with a value that is sought, under a key that is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leaf {
    /// Under which keys.
    pub field: Field,
    /// Which values.
    pub sought: Sought,
}

impl Leaf {
    /// Whether an object with this term is found.
    pub fn finds(&self, term: &Term) -> bool {
        self.field.means(&term.key) && self.sought.is(&term.value)
    }
}

/// Which keys are meant: by their path, or by their leaf.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Any.
    Any,
    /// The one of this name.
    Named(String),
    /// Those whose names match.
    Matching(Pattern),
}

impl Field {
    /// Whether this key is meant.
    pub fn means(&self, key: &Key) -> bool {
        match self {
            Self::Any => true,
            Self::Named(name) => *name == key.path || *name == key.leaf,
            Self::Matching(pattern) => pattern.matches(&key.path) || pattern.matches(&key.leaf),
        }
    }
}

/// Which values are sought.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sought {
    /// Any: it is enough that there is such a key.
    Anything,
    /// Exactly this one.
    Exactly(String),
    /// Those that match.
    Matching(Pattern),
    /// Those between two bounds, by their bytes.
    Within(Range),
    /// Those that become this text by at most so many edits: a character inserted, removed, replaced,
    /// or exchanged with its neighbour.
    Like(String, u8),
}

impl Sought {
    /// Whether this value is sought.
    pub fn is(&self, value: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Exactly(text) => text == value,
            Self::Matching(pattern) => pattern.matches(value),
            Self::Within(range) => range.contains(value),
            Self::Like(text, edits) => is_like(value, text, *edits),
        }
    }
}

/// Values from one bound to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// Where it begins.
    pub from: Bound,
    /// Where it ends.
    pub to: Bound,
}

impl Range {
    /// Whether this value is in it, by its bytes.
    pub fn contains(&self, value: &str) -> bool {
        let begins = match &self.from {
            Bound::Open => true,
            Bound::Including(from) => value >= from.as_str(),
            Bound::Excluding(from) => value > from.as_str(),
        };
        begins
            && match &self.to {
                Bound::Open => true,
                Bound::Including(to) => value <= to.as_str(),
                Bound::Excluding(to) => value < to.as_str(),
            }
    }
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// There is none.
    Open,
    /// This value, which is in the range.
    Including(String),
    /// This value, which is not.
    Excluding(String),
}

/// How what the leaves found is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Every object.
    All,
    /// What the leaf of this number found.
    Leaf(usize),
    /// What is not in this.
    Not(Box<Formula>),
    /// What is in all of these; every object, if there are none.
    And(Vec<Formula>),
    /// What is in any of these; no object, if there are none.
    Or(Vec<Formula>),
}

/// What a store is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    leaves: Vec<Leaf>,
    formula: Formula,
}

impl Plan {
    /// A plan whose formula names leaves of this list.
    pub fn new(leaves: Vec<Leaf>, formula: Formula) -> Self {
        Self { leaves, formula }
    }

    /// What is to be looked up, each once.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// How it is put together.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }
}
