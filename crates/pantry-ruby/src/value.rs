//! The values of the part of Ruby that is evaluated.
//!
//! What can be changed lives in the [`Heap`] and is referred to, as in Ruby: two variables may hold
//! the same array. Everything else is the value itself.

use std::rc::Rc;

use crate::error::Problem;
use crate::heap::Heap;

/// Why evaluation does not simply go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong, and the node that is being evaluated is the place.
    Problem(Problem),
    /// Something is wrong there.
    Fault(crate::error::Fault),
    /// The block ends with this value.
    Next(Value),
    /// The method that the block was given to ends with this value.
    Break(Value),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

pub(crate) type Eval<T> = Result<T, Stop>;

/// A string in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) usize);

/// An array in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List(pub(crate) usize);

/// A hash in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Map(pub(crate) usize);

/// Whole numbers from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) excludes_last: bool,
}

impl Span {
    /// The number after the last one that is in it.
    pub(crate) fn end(self) -> i64 {
        if self.excludes_last { self.last } else { self.last.saturating_add(1) }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Symbol(Rc<str>),
    Text(Text),
    List(List),
    Map(Map),
    Span(Span),
}

impl Value {
    pub(crate) fn symbol(name: &str) -> Self {
        Self::Symbol(name.into())
    }

    /// Everything but `nil` and `false`.
    pub(crate) fn is_true(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// What it is, for a sentence.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Int(_) => "an Integer",
            Self::Float(_) => "a Float",
            Self::Symbol(_) => "a Symbol",
            Self::Text(_) => "a String",
            Self::List(_) => "an Array",
            Self::Map(_) => "a Hash",
            Self::Span(_) => "a Range",
        }
    }
}

/// What a value is found by in a hash: Ruby's `eql?`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Nil,
    Bool(bool),
    Int(i64),
    Float(u64),
    Symbol(Rc<str>),
    Text(Rc<str>),
    List(Vec<Key>),
    /// Hashes are found by themselves alone.
    Map(usize),
    Span(i64, i64, bool),
}

impl Key {
    pub(crate) fn of(value: &Value, heap: &mut Heap) -> Eval<Self> {
        Self::nested(value, heap, 0)
    }

    fn nested(value: &Value, heap: &mut Heap, depth: usize) -> Eval<Self> {
        heap.visit(depth)?;
        Ok(match value {
            Value::Nil => Self::Nil,
            Value::Bool(it) => Self::Bool(*it),
            Value::Int(it) => Self::Int(*it),
            Value::Float(it) => Self::Float(it.to_bits()),
            Value::Symbol(it) => Self::Symbol(Rc::clone(it)),
            Value::Text(text) => {
                heap.charge(heap.text(*text).len())?;
                Self::Text(heap.text(*text).into())
            }
            Value::List(list) => {
                let mut keys = Vec::new();
                for element in heap.elements(*list)? {
                    keys.push(Self::nested(&element, heap, depth + 1)?);
                }
                Self::List(keys)
            }
            Value::Map(map) => Self::Map(map.0),
            Value::Span(it) => Self::Span(it.first, it.last, it.excludes_last),
        })
    }
}
