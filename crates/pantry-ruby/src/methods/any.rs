//! What can be asked of every value.

use std::cmp::Ordering;

use crate::compare::{equal, order};
use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::render;
use crate::value::{Eval, Key, Value};

pub(super) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: &Value,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let heap = &mut ruby.heap;
    let value = match name {
        "==" | "===" => Value::Bool(equal(receiver, arguments.one()?, heap)?),
        "!=" => Value::Bool(!equal(receiver, arguments.one()?, heap)?),
        "eql?" => Value::Bool(Key::of(receiver, heap)? == Key::of(arguments.one()?, heap)?),
        "!" => Value::Bool(!receiver.is_true()),
        "<=>" => match order(receiver, arguments.one()?, heap)? {
            Some(decided) => Value::Int(decided as i64),
            None => Value::Nil,
        },
        "<" | "<=" | ">" | ">=" => {
            let other = arguments.one()?;
            let is_ordered = matches!(receiver, Value::Int(_) | Value::Float(_) | Value::Text(_));
            let decided = if is_ordered { order(receiver, other, heap)? } else { None };
            let Some(decided) = decided else {
                let text = format!("{} cannot be compared with {}", receiver.kind(), other.kind());
                return Err(Problem::Wrong(text).into());
            };
            Value::Bool(match name {
                "<" => decided == Ordering::Less,
                "<=" => decided != Ordering::Greater,
                ">" => decided == Ordering::Greater,
                _ => decided != Ordering::Less,
            })
        }
        "nil?" => Value::Bool(matches!(receiver, Value::Nil)),
        "to_s" => {
            let text = render::to_s(receiver, heap)?;
            heap.new_text(text)?
        }
        "inspect" => {
            let text = render::inspect(receiver, heap)?;
            heap.new_text(text)?
        }
        "freeze" => {
            heap.freeze(receiver);
            receiver.clone()
        }
        "frozen?" => Value::Bool(heap.is_frozen(receiver)),
        "itself" => receiver.clone(),
        "dup" | "clone" => match receiver {
            Value::Text(text) => {
                let text = heap.text(*text).to_owned();
                heap.new_text(text)?
            }
            Value::List(list) => {
                let elements = heap.elements(*list)?;
                heap.new_list(elements)?
            }
            Value::Map(map) => {
                let entries = heap.entries(*map)?;
                heap.map_of(entries)?
            }
            other => other.clone(),
        },
        "tap" => {
            ruby.run(arguments.block()?, vec![receiver.clone()])?;
            receiver.clone()
        }
        "then" | "yield_self" => ruby.run(arguments.block()?, vec![receiver.clone()])?,
        _ => return Ok(None),
    };
    Ok(Some(value))
}
