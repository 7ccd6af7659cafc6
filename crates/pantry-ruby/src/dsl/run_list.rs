//! Run lists, as Chef reads and writes them: each item in its full form.

use crate::error::Problem;
use crate::heap::Heap;
use crate::render;
use crate::value::{Eval, List, Value};

/// Adds what an argument of `run_list` means: an item, or any number of them inside each other. An
/// item that is there already stays where it is.
pub(super) fn add(target: List, given: &Value, heap: &mut Heap) -> Eval<()> {
    nested(target, given, heap, 0)
}

fn nested(target: List, given: &Value, heap: &mut Heap, depth: usize) -> Eval<()> {
    heap.visit(depth)?;
    if let Value::List(list) = given {
        for element in heap.elements(*list)? {
            nested(target, &element, heap, depth + 1)?;
        }
        return Ok(());
    }
    let item = item(given, heap)?;
    heap.step(heap.list(target).len())?;
    let known = heap.list(target).iter().any(|known| match known {
        Value::Text(text) => heap.text(*text) == item,
        _ => false,
    });
    if known {
        return Ok(());
    }
    let item = heap.new_text(item)?;
    heap.push(target, item)
}

/// The items of one of the run lists of `env_run_lists`, which keep what stands there twice.
pub(super) fn items(given: &Value, heap: &mut Heap) -> Eval<Vec<String>> {
    match given {
        Value::Nil => Ok(Vec::new()),
        Value::List(list) => heap.elements(*list)?.iter().map(|it| item(it, heap)).collect(),
        other => Ok(vec![item(other, heap)?]),
    }
}

/// One item in its full form.
fn item(given: &Value, heap: &mut Heap) -> Eval<String> {
    match given {
        Value::Text(text) => {
            let text = heap.text(*text).to_owned();
            full(&text).ok_or_else(|| {
                let text = format!("`{text}` is no item of a run list: write recipe[…] or role[…]");
                Problem::Wrong(text).into()
            })
        }
        Value::Map(map) => {
            let mut part = |name: &str| {
                let text = heap.new_text(name)?;
                let found = match heap.get(*map, &text)? {
                    Some(value) => Some(value),
                    None => heap.get(*map, &Value::symbol(name))?,
                };
                found.map(|value| render::to_s(&value, heap)).transpose()
            };
            let (Some(kind), Some(name)) = (part("type")?, part("name")?) else {
                let text = "an item of a run list that is a hash has `type` and `name`";
                return Err(Problem::wrong(text).into());
            };
            let version = part("version")?.map(|it| format!("@{it}")).unwrap_or_default();
            Ok(format!("{kind}[{name}{version}]"))
        }
        other => {
            let text = format!("an item of a run list is a String, and this is {}", other.kind());
            Err(Problem::Wrong(text).into())
        }
    }
}

/// The full form of a text; `None` if it is none that Chef takes.
fn full(text: &str) -> Option<String> {
    let inside = |word: &str| text.strip_prefix(word)?.strip_prefix('[')?.strip_suffix(']');
    if let Some(recipe) = inside("recipe") {
        let (name, version) = match recipe.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (recipe, None),
        };
        if !name.is_empty() && !recipe.contains(']') && version.is_none_or(is_version) {
            return Some(text.to_owned());
        }
    }
    if inside("role").is_some_and(|name| !name.is_empty() && !name.contains(']')) {
        return Some(text.to_owned());
    }
    match text.split_once('@') {
        Some((name, version)) if !name.is_empty() && is_version(version) => {
            Some(format!("recipe[{text}]"))
        }
        _ if text.contains(['[', ']']) => None,
        _ => Some(format!("recipe[{text}]")),
    }
}

/// Two or three numbers.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    matches!(text.split('.').count(), 2 | 3) && text.split('.').all(is_number)
}
