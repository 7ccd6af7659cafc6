//! The fields that roles and environments have in common, checked as Chef's own classes do.

use crate::error::Problem;
use crate::heap::Heap;
use crate::render;
use crate::value::{Eval, Value};

/// Name, description and the two kinds of attributes.
pub(super) struct Fields {
    name: Value,
    description: Value,
    default_attributes: Value,
    override_attributes: Value,
}

impl Fields {
    pub(super) fn begin(heap: &mut Heap) -> Eval<Self> {
        Ok(Self {
            name: heap.new_text("")?,
            description: heap.new_text("")?,
            default_attributes: Value::Map(heap.new_map()?),
            override_attributes: Value::Map(heap.new_map()?),
        })
    }

    /// Sets or gives one of these fields, as one argument or none says.
    pub(super) fn word(
        &mut self,
        word: &str,
        values: &[Value],
        heap: &mut Heap,
    ) -> Eval<Option<Value>> {
        let field = match word {
            "name" => &mut self.name,
            "description" => &mut self.description,
            "default_attributes" => &mut self.default_attributes,
            "override_attributes" => &mut self.override_attributes,
            _ => return Ok(None),
        };
        let given = match single(word, values)? {
            None | Some(Value::Nil) => return Ok(Some(field.clone())),
            Some(given) => given,
        };
        match (word, given) {
            ("name", given) => {
                let name = render::to_s(given, heap)?;
                if !is_name(&name) {
                    let text = "a name is made of letters, digits, `-` and `_`";
                    return Err(Problem::wrong(text).into());
                }
            }
            ("description", Value::Text(_)) => {}
            ("description", other) => return Err(wrong(word, "a String", other)),
            (_, Value::Map(_)) => {}
            (_, other) => return Err(wrong(word, "a Hash", other)),
        }
        *field = given.clone();
        Ok(Some(given.clone()))
    }

    /// The fields with the names that they are sent under.
    pub(super) fn members(&self) -> [(&'static str, &Value); 4] {
        [
            ("name", &self.name),
            ("description", &self.description),
            ("default_attributes", &self.default_attributes),
            ("override_attributes", &self.override_attributes),
        ]
    }
}

/// The only argument of a word, if it has one.
pub(super) fn single<'v>(word: &str, values: &'v [Value]) -> Eval<Option<&'v Value>> {
    match values {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => {
            let text = format!("`{word}` takes one argument, and is given {}", values.len());
            Err(Problem::Wrong(text).into())
        }
    }
}

pub(super) fn wrong(word: &str, kind: &str, given: &Value) -> crate::value::Stop {
    Problem::Wrong(format!("`{word}` wants {kind}, and is given {}", given.kind())).into()
}

/// Chef is content if one line of it is a name.
fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    text.lines().any(|line| !line.is_empty() && line.chars().all(is_letter))
}
