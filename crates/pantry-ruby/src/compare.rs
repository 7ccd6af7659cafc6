//! When values are equal, and which comes first.

use std::cmp::Ordering;

use crate::error::Problem;
use crate::heap::Heap;
use crate::value::{Eval, Value};

/// Ruby's `==`.
pub(crate) fn equal(one: &Value, other: &Value, heap: &mut Heap) -> Eval<bool> {
    nested_equal(one, other, heap, 0)
}

fn nested_equal(one: &Value, other: &Value, heap: &mut Heap, depth: usize) -> Eval<bool> {
    heap.visit(depth)?;
    Ok(match (one, other) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Symbol(a), Value::Symbol(b)) => a == b,
        (Value::Span(a), Value::Span(b)) => a == b,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            numbers(one, other) == Some(Ordering::Equal)
        }
        (Value::Text(a), Value::Text(b)) => {
            heap.step(heap.text(*a).len() / 64)?;
            heap.text(*a) == heap.text(*b)
        }
        (Value::List(a), Value::List(b)) => {
            if a == b {
                return Ok(true);
            }
            if heap.list(*a).len() != heap.list(*b).len() {
                return Ok(false);
            }
            let pairs = heap.elements(*a)?.into_iter().zip(heap.elements(*b)?);
            for (a, b) in pairs {
                if !nested_equal(&a, &b, heap, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(a), Value::Map(b)) => {
            if a == b {
                return Ok(true);
            }
            if heap.map_len(*a) != heap.map_len(*b) {
                return Ok(false);
            }
            for (key, value) in heap.entries(*a)? {
                let Some(found) = heap.get(*b, &key)? else { return Ok(false) };
                if !nested_equal(&value, &found, heap, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => false,
    })
}

/// Ruby's `<=>`; `None` where the two cannot be compared.
pub(crate) fn order(one: &Value, other: &Value, heap: &mut Heap) -> Eval<Option<Ordering>> {
    nested_order(one, other, heap, 0)
}

fn nested_order(
    one: &Value,
    other: &Value,
    heap: &mut Heap,
    depth: usize,
) -> Eval<Option<Ordering>> {
    heap.visit(depth)?;
    Ok(match (one, other) {
        (Value::Text(a), Value::Text(b)) => {
            heap.step(heap.text(*a).len() / 64)?;
            Some(heap.text(*a).cmp(heap.text(*b)))
        }
        (Value::Symbol(a), Value::Symbol(b)) => Some(a.cmp(b)),
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (heap.elements(*a)?, heap.elements(*b)?);
            for (a, b) in a.iter().zip(&b) {
                match nested_order(a, b, heap, depth + 1)? {
                    Some(Ordering::Equal) => {}
                    decided => return Ok(decided),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => match numbers(one, other) {
            Some(decided) => Some(decided),
            None => nested_equal(one, other, heap, depth + 1)?.then_some(Ordering::Equal),
        },
    })
}

fn numbers(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        _ => None,
    }
}

/// Sorts values that can all be compared with each other.
pub(crate) fn sort(values: Vec<Value>, heap: &mut Heap) -> Eval<Vec<Value>> {
    let keyed = values.into_iter().map(|value| (value.clone(), value)).collect();
    sort_by(keyed, heap)
}

/// Sorts values by the keys that stand before them; those with the same key stay as they were.
pub(crate) fn sort_by(mut keyed: Vec<(Value, Value)>, heap: &mut Heap) -> Eval<Vec<Value>> {
    let mut stop = None;
    keyed.sort_by(|(a, _), (b, _)| {
        if stop.is_some() {
            return Ordering::Equal;
        }
        match order(a, b, heap) {
            Ok(Some(decided)) => decided,
            Ok(None) => {
                let text = format!("{} cannot be compared with {}", a.kind(), b.kind());
                stop = Some(Problem::Wrong(text).into());
                Ordering::Equal
            }
            Err(limit) => {
                stop = Some(limit);
                Ordering::Equal
            }
        }
    });
    match stop {
        Some(stop) => Err(stop),
        None => Ok(keyed.into_iter().map(|(_, value)| value).collect()),
    }
}
