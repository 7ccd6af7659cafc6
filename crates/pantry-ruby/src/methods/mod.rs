//! Methods, by what they are called on.
//!
//! Each module answers `None` for a name that its type does not have; what every value has comes
//! last. What is not here is refused by its name: nothing is guessed.

mod any;
mod format;
mod hash;
mod list;
mod list_blocks;
mod number;
mod symbol;
mod text;

use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::value::{Eval, Value};

pub(crate) use format::format;

/// Calls the method of this name.
pub(crate) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: &Value,
    name: &str,
    arguments: &mut Arguments<'_, '_>,
) -> Eval<Value> {
    let own = match receiver {
        Value::Text(text) => text::call(ruby, *text, name, arguments)?,
        Value::Symbol(symbol) => symbol::call(&mut ruby.heap, symbol, name, arguments)?,
        Value::Int(_) | Value::Float(_) => number::call(ruby, receiver, name, arguments)?,
        Value::List(list) => match list::call(&mut ruby.heap, *list, name, arguments)? {
            None => {
                let elements = ruby.heap.elements(*list)?;
                list_blocks::call(ruby, receiver, elements, name, arguments)?
            }
            known => known,
        },
        Value::Map(map) => match hash::call(ruby, *map, name, arguments)? {
            None if name != "to_s" && name != "inspect" && list_blocks::is_known(name) => {
                let pairs = ruby.pairs(*map)?;
                list_blocks::call(ruby, receiver, pairs, name, arguments)?
            }
            known => known,
        },
        Value::Span(span) => match (name, arguments.values.as_slice()) {
            ("include?" | "cover?" | "member?" | "===", [Value::Int(it)]) => {
                Some(Value::Bool((span.first..span.end()).contains(it)))
            }
            ("first" | "begin" | "min", []) => Some(Value::Int(span.first)),
            ("last" | "end" | "max", []) => Some(Value::Int(span.last)),
            ("to_s" | "inspect" | "==" | "!=" | "nil?", _) => None,
            _ => {
                let numbers = ruby.numbers(*span)?;
                let Value::List(list) = ruby.heap.new_list(numbers.clone())? else {
                    return Ok(Value::Nil);
                };
                match list::call(&mut ruby.heap, list, name, arguments)? {
                    None => list_blocks::call(ruby, receiver, numbers, name, arguments)?,
                    known => known,
                }
            }
        },
        Value::Nil => match name {
            "to_s" => Some(ruby.heap.new_text("")?),
            "to_a" => Some(ruby.heap.new_list(Vec::new())?),
            "to_h" => Some(Value::Map(ruby.heap.new_map()?)),
            "to_i" => Some(Value::Int(0)),
            "to_f" => Some(Value::Float(0.0)),
            "&" => Some(Value::Bool(false)),
            "|" => Some(Value::Bool(arguments.one()?.is_true())),
            _ => None,
        },
        Value::Bool(it) => match name {
            "&" => Some(Value::Bool(*it && arguments.one()?.is_true())),
            "|" => Some(Value::Bool(*it || arguments.one()?.is_true())),
            "^" => Some(Value::Bool(*it != arguments.one()?.is_true())),
            _ => None,
        },
    };
    let known = match own {
        None => any::call(ruby, receiver, name, arguments)?,
        known => known,
    };
    known.ok_or_else(|| {
        Problem::NoMethod { method: name.to_owned(), receiver: receiver.kind() }.into()
    })
}
