//! What a method is called with.

use super::Block;
use crate::error::Problem;
use crate::heap::Heap;
use crate::value::{Eval, Value};

/// Values, and a block if one was given. Methods take out what they use.
pub(crate) struct Arguments<'b, 'pr> {
    pub(crate) values: Vec<Value>,
    pub(crate) block: Option<&'b Block<'pr>>,
}

impl<'b, 'pr> Arguments<'b, 'pr> {
    pub(crate) fn of(values: Vec<Value>) -> Self {
        Self { values, block: None }
    }

    pub(crate) fn only(value: Value) -> Self {
        Self::of(vec![value])
    }

    /// The block that this method cannot do without.
    pub(crate) fn block(&self) -> Eval<&'b Block<'pr>> {
        let missing = || Problem::Unknown("a method like this without its block".to_owned());
        self.block.ok_or_else(|| missing().into())
    }

    /// The only argument.
    pub(crate) fn one(&self) -> Eval<&Value> {
        match self.values.as_slice() {
            [value] => Ok(value),
            others => Err(Problem::Wrong(format!(
                "this method takes one argument, and is given {}",
                others.len()
            ))
            .into()),
        }
    }

    /// The argument at this place, as a whole number.
    pub(crate) fn int(&self, at: usize) -> Eval<i64> {
        match self.values.get(at) {
            Some(Value::Int(it)) => Ok(*it),
            Some(Value::Float(it)) => Ok(*it as i64),
            Some(other) => Err(wants("an Integer", other).into()),
            None => Err(Problem::wrong("this method wants an Integer, and is given none").into()),
        }
    }

    /// The argument at this place, as a count that is no less than nothing.
    pub(crate) fn count(&self, at: usize) -> Eval<usize> {
        let count = usize::try_from(self.int(at)?);
        count.map_err(|_| Problem::wrong("this method wants no negative number").into())
    }

    /// The argument at this place, as a text.
    pub(crate) fn text(&self, at: usize, heap: &Heap) -> Eval<String> {
        match self.values.get(at) {
            Some(Value::Text(text)) => Ok(heap.text(*text).to_owned()),
            Some(other) => Err(wants("a String", other).into()),
            None => Err(Problem::wrong("this method wants a String, and is given none").into()),
        }
    }

    /// All arguments as texts, which they must be.
    pub(crate) fn texts(&self, heap: &Heap) -> Eval<Vec<String>> {
        (0..self.values.len()).map(|at| self.text(at, heap)).collect()
    }
}

/// Says that a value is of another kind than it must be.
pub(crate) fn wants(kind: &str, given: &Value) -> Problem {
    Problem::Wrong(format!("this wants {kind}, and is given {}", given.kind()))
}
