//! Methods of hashes.

use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::heap::Heap;
use crate::render;
use crate::value::{Eval, Map, Value};

pub(super) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: Map,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    if let Some(value) = plain(&mut ruby.heap, receiver, name, arguments)? {
        return Ok(Some(value));
    }
    if let "merge" | "merge!" | "update" = name {
        return merge(ruby, receiver, name, arguments).map(Some);
    }
    blocks(ruby, receiver, name, arguments)
}

/// What needs no block.
fn plain(
    heap: &mut Heap,
    receiver: Map,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let found = match (name, arguments.values.as_slice()) {
        ("[]", [key]) => heap.get(receiver, key)?.unwrap_or(Value::Nil),
        ("[]=" | "store", [key, value]) => {
            heap.set(receiver, key.clone(), value.clone())?;
            value.clone()
        }
        ("fetch", [key]) if arguments.block.is_none() => match heap.get(receiver, key)? {
            Some(value) => value,
            None => {
                let key = render::inspect(key, heap)?;
                return Err(Problem::Wrong(format!("there is no key {key} in this hash")).into());
            }
        },
        ("fetch", [key, other]) => heap.get(receiver, key)?.unwrap_or_else(|| other.clone()),
        ("dig", [key]) => heap.get(receiver, key)?.unwrap_or(Value::Nil),
        ("key?" | "has_key?" | "include?" | "member?", [key]) => {
            Value::Bool(heap.get(receiver, key)?.is_some())
        }
        ("value?" | "has_value?", [value]) => {
            let mut is_there = false;
            for (_, known) in heap.entries(receiver)? {
                is_there = is_there || crate::compare::equal(&known, value, heap)?;
            }
            Value::Bool(is_there)
        }
        ("length" | "size", []) => Value::Int(heap.map_len(receiver) as i64),
        ("count", []) if arguments.block.is_none() => Value::Int(heap.map_len(receiver) as i64),
        ("empty?", []) => Value::Bool(heap.map_len(receiver) == 0),
        ("keys", []) => {
            let keys = heap.entries(receiver)?.into_iter().map(|(key, _)| key).collect();
            heap.new_list(keys)?
        }
        ("values", []) => {
            let values = heap.entries(receiver)?.into_iter().map(|(_, value)| value).collect();
            heap.new_list(values)?
        }
        ("values_at", keys) => {
            let values = keys.iter().map(|key| Ok(heap.get(receiver, key)?.unwrap_or(Value::Nil)));
            let values = values.collect::<Eval<_>>()?;
            heap.new_list(values)?
        }
        ("delete", [key]) => heap.remove(receiver, key)?.unwrap_or(Value::Nil),
        ("clear", []) => {
            heap.replace_map(receiver, Vec::new())?;
            Value::Map(receiver)
        }
        ("replace", [Value::Map(other)]) => {
            let entries = heap.entries(*other)?;
            heap.replace_map(receiver, entries)?;
            Value::Map(receiver)
        }
        ("to_h" | "to_hash", []) if arguments.block.is_none() => Value::Map(receiver),
        ("compact", []) => {
            let entries = heap.entries(receiver)?;
            let kept = entries.into_iter().filter(|(_, value)| !matches!(value, Value::Nil));
            heap.map_of(kept.collect())?
        }
        ("slice" | "except", keys) => {
            let chosen = heap.new_map()?;
            for key in keys {
                heap.set(chosen, key.clone(), Value::Nil)?;
            }
            let mut kept = Vec::new();
            for (key, value) in heap.entries(receiver)? {
                if heap.get(chosen, &key)?.is_some() == (name == "slice") {
                    kept.push((key, value));
                }
            }
            heap.map_of(kept)?
        }
        ("invert", []) => {
            let entries = heap.entries(receiver)?;
            heap.map_of(entries.into_iter().map(|(key, value)| (value, key)).collect())?
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn merge<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: Map,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Value> {
    let target = if name == "merge" {
        let entries = ruby.heap.entries(receiver)?;
        let copy = ruby.heap.new_map()?;
        ruby.heap.replace_map(copy, entries)?;
        copy
    } else {
        receiver
    };
    for other in &arguments.values {
        let Value::Map(other) = other else {
            let text = format!("this wants a Hash, and is given {}", other.kind());
            return Err(Problem::Wrong(text).into());
        };
        for (key, value) in ruby.heap.entries(*other)? {
            let known = ruby.heap.get(target, &key)?;
            let value = match (known, arguments.block) {
                (Some(known), Some(block)) => ruby.run(block, vec![key.clone(), known, value])?,
                _ => value,
            };
            ruby.heap.set(target, key, value)?;
        }
    }
    Ok(Value::Map(target))
}

/// What runs a block over keys and values.
fn blocks<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: Map,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let (base, in_place) = match name {
        "delete_if" => ("reject", true),
        "keep_if" => ("select", true),
        _ => (name.trim_end_matches('!'), name.ends_with('!')),
    };
    match base {
        "dig" => {
            let Some((first, rest)) = arguments.values.split_first() else { return Ok(None) };
            let found = ruby.heap.get(receiver, first)?.unwrap_or(Value::Nil);
            if matches!(found, Value::Nil) {
                return Ok(Some(found));
            }
            return ruby.send(&found, "dig", &mut Arguments::of(rest.to_vec())).map(Some);
        }
        "fetch" => {
            let key = arguments.one()?.clone();
            let found = ruby.heap.get(receiver, &key)?;
            return match found {
                Some(value) => Ok(Some(value)),
                None => ruby.run(arguments.block()?, vec![key]).map(Some),
            };
        }
        "each_pair" | "each_key" | "each_value" => {
            for (key, value) in ruby.heap.entries(receiver)? {
                let given = match base {
                    "each_key" => key,
                    "each_value" => value,
                    _ => ruby.heap.new_list(vec![key, value])?,
                };
                ruby.run(arguments.block()?, vec![given])?;
            }
            return Ok(Some(Value::Map(receiver)));
        }
        "select" | "filter" | "reject" | "transform_values" | "transform_keys" => {}
        _ => return Ok(None),
    }
    let block = arguments.block()?;
    let mut made = Vec::new();
    for (key, value) in ruby.heap.entries(receiver)? {
        match base {
            "transform_values" => {
                let value = ruby.run(block, vec![value])?;
                made.push((key, value));
            }
            "transform_keys" => made.push((ruby.run(block, vec![key])?, value)),
            _ => {
                let is_met = ruby.run(block, vec![key.clone(), value.clone()])?.is_true();
                if is_met != (base == "reject") {
                    made.push((key, value));
                }
            }
        }
    }
    if in_place {
        ruby.heap.replace_map(receiver, made)?;
        return Ok(Some(Value::Map(receiver)));
    }
    ruby.heap.map_of(made).map(Some)
}
