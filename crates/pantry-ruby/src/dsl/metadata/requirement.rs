//! Requirements of `chef_version` and `ohai_version`, which are those of RubyGems.

use crate::error::Problem;
use crate::heap::Heap;
use crate::render::{inspect, to_s};
use crate::value::{Eval, Value};

/// In the order in which they are tried: a longer one before the one that it begins with.
const OPERATORS: [&str; 7] = ["!=", ">=", "<=", "~>", "=", ">", "<"];

/// The requirements of one line, in their full form, sorted as texts.
pub(super) fn line(given: &[Value], heap: &mut Heap) -> Eval<Vec<String>> {
    let mut given = given.to_vec();
    if let Some(Value::Symbol(kind)) = given.last() {
        if !matches!(&**kind, "runtime" | "development") {
            let text = "a symbol at the end is :runtime or :development";
            return Err(Problem::wrong(text).into());
        }
        given.pop();
    }
    let given = match given.as_slice() {
        [Value::List(list)] => flat(heap.elements(*list)?, heap)?,
        // What is no text is no requirement.
        [only] if !matches!(only, Value::Text(_)) => Vec::new(),
        _ => flat(given, heap)?,
    };
    let mut requirements = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for value in given.iter().filter(|it| !matches!(it, Value::Nil)) {
        let text = to_s(value, heap)?;
        heap.step(seen.len())?;
        if seen.contains(&text) {
            continue;
        }
        let Some(requirement) = parse(&text) else {
            let shown: String = inspect(value, heap)?.chars().take(80).collect();
            let text = format!("{shown} is no requirement: write one like \">= 12.5\"");
            return Err(Problem::Wrong(text).into());
        };
        requirements.push(requirement);
        seen.push(text);
    }
    if requirements.is_empty() {
        requirements.push(">= 0".to_owned());
    }
    requirements.sort_unstable();
    Ok(requirements)
}

fn flat(values: Vec<Value>, heap: &mut Heap) -> Eval<Vec<Value>> {
    let mut flat = Vec::new();
    let mut waiting: Vec<(Value, usize)> = values.into_iter().rev().map(|it| (it, 0)).collect();
    while let Some((value, depth)) = waiting.pop() {
        heap.visit(depth)?;
        match value {
            Value::List(list) => {
                let inside = heap.elements(list)?;
                waiting.extend(inside.into_iter().rev().map(|it| (it, depth + 1)));
            }
            other => flat.push(other),
        }
    }
    Ok(flat)
}

fn parse(text: &str) -> Option<String> {
    let blank = |it: char| matches!(it, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    let text = text.trim_matches(blank);
    let found = OPERATORS.iter().find_map(|it| Some((*it, text.strip_prefix(it)?)));
    let (operator, version) = found.unwrap_or(("=", text));
    let version = version.trim_start_matches(blank);
    let (numbers, before) = match version.split_once('-') {
        Some((numbers, before)) => (numbers, Some(before)),
        None => (version, None),
    };
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_alphanumeric());
    let mut parts = numbers.split('.');
    let is_number =
        parts.next().is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    let may_be_before = |part: &str| {
        !part.is_empty() && part.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    let is_whole = is_number
        && parts.all(is_part)
        && before.is_none_or(|before| before.split('.').all(may_be_before));
    is_whole.then(|| format!("{operator} {}", version.replace('-', ".pre.")))
}
