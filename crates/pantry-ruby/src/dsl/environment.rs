//! Environments: `name`, `description`, attributes, and which versions of cookbooks may be used.

use serde_json::{Map as Object, Value as Json};

use super::Dsl;
use super::fields::{Fields, single, wrong};
use crate::error::Problem;
use crate::heap::Heap;
use crate::render::{inspect, to_json};
use crate::value::{Eval, Value};

pub(super) struct Environment {
    fields: Fields,
    cookbook_versions: Value,
}

impl Environment {
    pub(super) fn begin(heap: &mut Heap) -> Eval<Self> {
        let fields = Fields::begin(heap)?;
        Ok(Self { fields, cookbook_versions: Value::Map(heap.new_map()?) })
    }
}

impl Dsl for Environment {
    type Said = Object<String, Json>;

    fn word(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Option<Value>> {
        match (word, values) {
            ("cookbook", [name, constraint]) => {
                check(constraint, heap)?;
                if let Value::Map(versions) = self.cookbook_versions {
                    heap.set(versions, name.clone(), constraint.clone())?;
                }
                Ok(Some(constraint.clone()))
            }
            ("cookbook", _) => {
                Err(Problem::wrong("`cookbook` takes a name and a version constraint").into())
            }
            ("cookbook_versions", _) => {
                match single(word, values)? {
                    None | Some(Value::Nil) => {}
                    Some(Value::Map(versions)) => {
                        for (_, constraint) in heap.entries(*versions)? {
                            check(&constraint, heap)?;
                        }
                        self.cookbook_versions = Value::Map(*versions);
                    }
                    Some(other) => return Err(wrong(word, "a Hash", other)),
                }
                Ok(Some(self.cookbook_versions.clone()))
            }
            ("default_attributes=" | "override_attributes=", _) => {
                self.fields.word(word.trim_end_matches('='), values, heap)
            }
            // Unlike a role's.
            ("name", [given]) if !matches!(given, Value::Text(_) | Value::Nil) => {
                Err(wrong(word, "a String", given))
            }
            _ => self.fields.word(word, values, heap),
        }
    }

    fn end(&self, heap: &mut Heap) -> Eval<Object<String, Json>> {
        let mut object = Object::new();
        for (name, value) in self.fields.members() {
            object.insert(name.to_owned(), to_json(value, heap)?);
        }
        let versions = to_json(&self.cookbook_versions, heap)?;
        object.insert("cookbook_versions".to_owned(), versions);
        object.insert("json_class".to_owned(), "Chef::Environment".into());
        object.insert("chef_type".to_owned(), "environment".into());
        Ok(object)
    }
}

/// A constraint as Chef's client takes it: an operator with any number of blanks and a version of two
/// or three numbers, a version alone, or an array of one of these.
fn check(constraint: &Value, heap: &mut Heap) -> Eval<()> {
    let is_valid = match constraint {
        Value::Nil => true,
        Value::Text(text) => is_constraint(heap.text(*text)),
        Value::List(list) => match heap.list(*list) {
            [] => true,
            [Value::Text(text)] => is_constraint(heap.text(*text)),
            _ => false,
        },
        _ => false,
    };
    if is_valid {
        return Ok(());
    }
    let shown = inspect(constraint, heap)?;
    let text =
        format!("{shown} is no version constraint: write one like \"~> 1.2\" or \"= 1.2.3\"");
    Err(Problem::Wrong(text).into())
}

fn is_constraint(text: &str) -> bool {
    const OPERATORS: [&str; 6] = ["<=", ">=", "~>", "<", ">", "="];
    let operator = OPERATORS.iter().find_map(|operator| text.strip_prefix(operator));
    let version = match operator {
        Some(version) => version.trim_start_matches(' '),
        None => text,
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    matches!(version.split('.').count(), 2 | 3) && version.split('.').all(is_number)
}
