//! Methods of symbols.

use crate::error::Problem;
use crate::evaluate::Arguments;
use crate::heap::Heap;
use crate::value::{Eval, Value};

pub(super) fn call(
    heap: &mut Heap,
    symbol: &str,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    heap.charge(symbol.len())?;
    let value = match name {
        "to_s" | "name" | "id2name" => heap.new_text(symbol)?,
        "to_sym" => Value::symbol(symbol),
        "length" | "size" => Value::Int(symbol.chars().count() as i64),
        "upcase" => Value::symbol(&symbol.to_uppercase()),
        "downcase" => Value::symbol(&symbol.to_lowercase()),
        "empty?" => Value::Bool(symbol.is_empty()),
        "start_with?" => {
            let prefixes = arguments.texts(heap)?;
            Value::Bool(prefixes.iter().any(|it| symbol.starts_with(it)))
        }
        "end_with?" => {
            let suffixes = arguments.texts(heap)?;
            Value::Bool(suffixes.iter().any(|it| symbol.ends_with(it)))
        }
        "to_proc" => {
            return Err(Problem::Unknown("a procedure as a value".to_owned()).into());
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}
