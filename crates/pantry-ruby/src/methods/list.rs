//! Methods of arrays that need no block.

use std::collections::BTreeSet;

use crate::compare::{equal, order, sort};
use crate::error::Problem;
use crate::evaluate::Arguments;
use crate::heap::Heap;
use crate::render::Growing;
use crate::value::{Eval, Key, List, Value};

use super::text::{window, window_of};

pub(super) fn call(
    heap: &mut Heap,
    receiver: List,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    if arguments.block.is_some() {
        return Ok(None);
    }
    if let Some(value) = change(heap, receiver, name, arguments)? {
        return Ok(Some(value));
    }
    if let Some(value) = ask(heap, receiver, name, arguments)? {
        return Ok(Some(value));
    }
    make(heap, receiver, name, arguments)
}

/// What changes the array itself.
fn change(
    heap: &mut Heap,
    receiver: List,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    match (name, arguments.values.as_slice()) {
        ("<<", [value]) => heap.push(receiver, value.clone())?,
        ("push" | "append", values) => {
            values.iter().try_for_each(|value| heap.push(receiver, value.clone()))?;
        }
        ("concat", lists) => {
            for list in lists {
                for value in heap.elements(list_of(list)?)? {
                    heap.push(receiver, value)?;
                }
            }
        }
        ("unshift" | "prepend", values) => {
            let mut elements = values.to_vec();
            elements.extend(heap.elements(receiver)?);
            heap.replace_list(receiver, elements)?;
        }
        ("insert", [Value::Int(at), values @ ..]) => {
            let mut elements = heap.elements(receiver)?;
            let at = usize::try_from(*at).ok().filter(|at| *at <= elements.len());
            let at = at.ok_or_else(|| Problem::Unknown("inserting at this place".to_owned()))?;
            elements.splice(at..at, values.iter().cloned());
            heap.replace_list(receiver, elements)?;
        }
        ("replace", [other]) => {
            let elements = heap.elements(list_of(other)?)?;
            heap.replace_list(receiver, elements)?;
        }
        ("clear", []) => heap.replace_list(receiver, Vec::new())?,
        ("pop" | "shift", []) => {
            let mut elements = heap.elements(receiver)?;
            let taken = match name {
                "pop" => elements.pop(),
                _ => (!elements.is_empty()).then(|| elements.remove(0)),
            };
            heap.replace_list(receiver, elements)?;
            return Ok(Some(taken.unwrap_or(Value::Nil)));
        }
        ("delete", [value]) => {
            let (mut kept, mut found) = (Vec::new(), Value::Nil);
            for element in heap.elements(receiver)? {
                if equal(&element, value, heap)? {
                    found = element;
                } else {
                    kept.push(element);
                }
            }
            heap.replace_list(receiver, kept)?;
            return Ok(Some(found));
        }
        ("[]=", [Value::Int(at), value]) => {
            let mut elements = heap.elements(receiver)?;
            let place = window(*at, 0, elements.len()).map(|(start, _)| start);
            let place = place.or_else(|| usize::try_from(*at).ok());
            let place = place.ok_or_else(|| Problem::wrong("there is no such element"))?;
            if place >= elements.len() {
                heap.charge(size_of::<Value>().saturating_mul(place))?;
                elements.resize(place + 1, Value::Nil);
            }
            if let Some(element) = elements.get_mut(place) {
                *element = value.clone();
            }
            heap.replace_list(receiver, elements)?;
        }
        ("sort!" | "uniq!" | "compact!" | "flatten!" | "reverse!", _) => {
            let base = name.trim_end_matches('!');
            let Some(Value::List(made)) = make(heap, receiver, base, arguments)? else {
                return Ok(None);
            };
            let before = heap.list(receiver).len();
            let elements = heap.elements(made)?;
            let unchanged = elements.len() == before;
            heap.replace_list(receiver, elements)?;
            // Ruby tells by `nil` that there was nothing to change.
            if unchanged && matches!(base, "uniq" | "compact") {
                return Ok(Some(Value::Nil));
            }
        }
        _ => return Ok(None),
    }
    Ok(Some(Value::List(receiver)))
}

/// What is told of the array.
fn ask(
    heap: &mut Heap,
    receiver: List,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let elements = heap.list(receiver);
    Ok(Some(match (name, arguments.values.as_slice()) {
        ("length" | "size" | "count", []) => Value::Int(elements.len() as i64),
        ("empty?" | "none?", []) if elements.is_empty() => Value::Bool(true),
        ("empty?", []) => Value::Bool(false),
        ("any?", []) => Value::Bool(elements.iter().any(Value::is_true)),
        ("all?", []) => Value::Bool(elements.iter().all(Value::is_true)),
        ("first", []) => elements.first().cloned().unwrap_or(Value::Nil),
        ("last", []) => elements.last().cloned().unwrap_or(Value::Nil),
        ("[]" | "at" | "slice" | "dig", [Value::Int(at)]) => element(elements, *at),
        ("fetch", [Value::Int(at)]) => match window(*at, 1, elements.len()) {
            Some((start, end)) if start < end => element(elements, *at),
            _ => return Err(Problem::wrong(format!("there is no element {at} here")).into()),
        },
        ("fetch", [Value::Int(at), other]) => match window(*at, 1, elements.len()) {
            Some((start, end)) if start < end => element(elements, *at),
            _ => other.clone(),
        },
        ("include?" | "member?", [value]) => {
            Value::Bool(position(heap, receiver, value)?.is_some())
        }
        ("index" | "find_index", [value]) => {
            position(heap, receiver, value)?.map_or(Value::Nil, |at| Value::Int(at as i64))
        }
        ("count", [value]) => {
            let mut count = 0;
            for element in heap.elements(receiver)? {
                count += i64::from(equal(&element, value, heap)?);
            }
            Value::Int(count)
        }
        ("min" | "max", []) => {
            let mut found: Option<Value> = None;
            for element in heap.elements(receiver)? {
                let Some(best) = &found else {
                    found = Some(element);
                    continue;
                };
                let decided = order(&element, best, heap)?.ok_or_else(|| {
                    let kinds = (element.kind(), best.kind());
                    Problem::Wrong(format!("{} cannot be compared with {}", kinds.0, kinds.1))
                })?;
                if (name == "min" && decided.is_lt()) || (name == "max" && decided.is_gt()) {
                    found = Some(element);
                }
            }
            found.unwrap_or(Value::Nil)
        }
        ("to_a" | "entries" | "to_ary", []) => Value::List(receiver),
        _ => return Ok(None),
    }))
}

/// What makes another value of it.
fn make(
    heap: &mut Heap,
    receiver: List,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let length = heap.list(receiver).len();
    let made = match (name, arguments.values.as_slice()) {
        ("+", [other]) => {
            let mut elements = heap.elements(receiver)?;
            elements.extend(heap.elements(list_of(other)?)?);
            elements
        }
        ("-" | "difference" | "&" | "intersection", [other]) => {
            let mut known = BTreeSet::new();
            for element in heap.elements(list_of(other)?)? {
                known.insert(Key::of(&element, heap)?);
            }
            let keeps_known = matches!(name, "&" | "intersection");
            let mut kept = Vec::new();
            for element in heap.elements(receiver)? {
                let key = Key::of(&element, heap)?;
                if known.contains(&key) == keeps_known {
                    kept.push(element);
                    if keeps_known {
                        known.remove(&key);
                    }
                }
            }
            kept
        }
        ("|" | "union", [other]) => {
            let mut elements = heap.elements(receiver)?;
            elements.extend(heap.elements(list_of(other)?)?);
            unique(elements, heap)?
        }
        ("*", [Value::Text(_)]) | ("join", [] | [Value::Nil | Value::Text(_)]) => {
            let separator = match arguments.values.first() {
                Some(Value::Text(text)) => heap.text(*text).to_owned(),
                _ => String::new(),
            };
            let mut text = Growing::new(heap);
            joined(&mut text, receiver, &separator, 0)?;
            let text = text.done();
            return heap.new_text(text).map(Some);
        }
        ("*", [Value::Int(_)]) => {
            let count = arguments.count(0)?;
            heap.step(length.saturating_mul(count))?;
            let elements = heap.elements(receiver)?;
            elements.iter().cycle().take(length * count).cloned().collect()
        }
        ("sort", []) => sort(heap.elements(receiver)?, heap)?,
        ("uniq", []) => unique(heap.elements(receiver)?, heap)?,
        ("reverse", []) => heap.elements(receiver)?.into_iter().rev().collect(),
        ("compact", []) => {
            let elements = heap.elements(receiver)?;
            elements.into_iter().filter(|it| !matches!(it, Value::Nil)).collect()
        }
        ("flatten", [] | [Value::Int(_)]) => {
            let levels = arguments.values.first().map(|_| arguments.int(0)).transpose()?;
            let levels = levels.and_then(|it| usize::try_from(it).ok());
            let mut flat = Vec::new();
            flatten(receiver, levels.unwrap_or(usize::MAX), &mut flat, heap, 0)?;
            flat
        }
        ("first" | "take", [_]) => {
            heap.elements(receiver)?.into_iter().take(arguments.count(0)?).collect()
        }
        ("drop", [_]) => heap.elements(receiver)?.into_iter().skip(arguments.count(0)?).collect(),
        ("last", [_]) => {
            let skipped = length.saturating_sub(arguments.count(0)?);
            heap.elements(receiver)?.into_iter().skip(skipped).collect()
        }
        ("[]" | "slice", [Value::Int(_), Value::Int(_)] | [Value::Span(_)]) => {
            let window = match arguments.values.as_slice() {
                [Value::Int(start), Value::Int(count)] => window(*start, *count, length),
                [Value::Span(span)] => window_of(*span, length),
                _ => None,
            };
            let Some((start, end)) = window else { return Ok(Some(Value::Nil)) };
            heap.list(receiver).get(start..end).unwrap_or_default().to_vec()
        }
        ("zip", [other]) => {
            let others = heap.elements(list_of(other)?)?;
            let mut others = others.into_iter();
            let mut pairs = Vec::new();
            for element in heap.elements(receiver)? {
                let pair = vec![element, others.next().unwrap_or(Value::Nil)];
                pairs.push(heap.new_list(pair)?);
            }
            pairs
        }
        ("sum", []) => return sum(heap.elements(receiver)?).map(Some),
        ("to_h", []) => {
            let mut entries = Vec::new();
            for element in heap.elements(receiver)? {
                entries.push(entry(&element, heap)?);
            }
            return heap.map_of(entries).map(Some);
        }
        _ => return Ok(None),
    };
    heap.new_list(made).map(Some)
}

/// The key and the value that an array of two means.
pub(super) fn entry(pair: &Value, heap: &Heap) -> Eval<(Value, Value)> {
    match pair {
        Value::List(list) => match heap.list(*list) {
            [key, value] => Ok((key.clone(), value.clone())),
            _ => Err(Problem::wrong("a hash is made of arrays of two").into()),
        },
        _ => Err(Problem::wrong("a hash is made of arrays of two").into()),
    }
}

/// The array that an argument must be.
pub(super) fn list_of(value: &Value) -> Eval<List> {
    match value {
        Value::List(list) => Ok(*list),
        other => {
            Err(Problem::Wrong(format!("this wants an Array, and is given {}", other.kind()))
                .into())
        }
    }
}

fn element(elements: &[Value], at: i64) -> Value {
    let at = if at < 0 { at.saturating_add(elements.len() as i64) } else { at };
    let element = usize::try_from(at).ok().and_then(|at| elements.get(at));
    element.cloned().unwrap_or(Value::Nil)
}

fn position(heap: &mut Heap, list: List, value: &Value) -> Eval<Option<usize>> {
    for (at, element) in heap.elements(list)?.iter().enumerate() {
        if equal(element, value, heap)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

pub(super) fn unique(elements: Vec<Value>, heap: &mut Heap) -> Eval<Vec<Value>> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for element in elements {
        if seen.insert(Key::of(&element, heap)?) {
            kept.push(element);
        }
    }
    Ok(kept)
}

/// The sum of numbers.
pub(super) fn sum(elements: Vec<Value>) -> Eval<Value> {
    elements
        .into_iter()
        .try_fold(Value::Int(0), |sum, element| super::number::binary(&sum, "+", &element))
}

fn flatten(
    list: List,
    levels: usize,
    flat: &mut Vec<Value>,
    heap: &mut Heap,
    depth: usize,
) -> Eval<()> {
    heap.visit(depth)?;
    for element in heap.elements(list)? {
        match element {
            Value::List(inner) if depth < levels => flatten(inner, levels, flat, heap, depth + 1)?,
            other => {
                heap.charge(size_of::<Value>())?;
                flat.push(other);
            }
        }
    }
    Ok(())
}

fn joined(text: &mut Growing<'_>, list: List, separator: &str, depth: usize) -> Eval<()> {
    text.heap.visit(depth)?;
    for (at, element) in text.heap.elements(list)?.iter().enumerate() {
        text.push(if at == 0 { "" } else { separator })?;
        match element {
            Value::List(inner) => joined(text, *inner, separator, depth + 1)?,
            other => text.display(other)?,
        }
    }
    Ok(())
}
