//! Pieces of what was sent, taken as they are meant where that can be seen, and cut to a length.
//!
//! A number may come as a text, a list as the JSON of one within a text, a class as an object: Chef has
//! done all of that. What cannot be made out is as if it were absent.

use serde_json::Value;

use super::limits::{MAX_ITEMS, MAX_WORD_BYTES};
use crate::names::NodeName;

/// The beginning of a text, of at most so many bytes, ending with a whole character. Control characters
/// other than ends of lines and tabs are replaced: PostgreSQL holds no NUL, and terminals obey others.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let is_kept = |one: char| !one.is_control() || one == '\n' || one == '\t';
    let kept = text.get(..end).unwrap_or_default();
    // What takes its place is as short, so that the limit holds.
    kept.chars().map(|one| if is_kept(one) { one } else { '?' }).collect()
}

/// A text or a number, cut.
pub(super) fn text(value: Option<&Value>, limit: usize) -> Option<String> {
    match value? {
        Value::String(text) => Some(cut(text, limit)),
        Value::Number(number) => Some(cut(&number.to_string(), limit)),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A word: a text that is not empty.
pub(super) fn word(value: Option<&Value>) -> Option<String> {
    text(value, MAX_WORD_BYTES).filter(|word| !word.is_empty())
}

/// A count.
pub(super) fn count(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A node's name.
pub(super) fn node_name(value: Option<&Value>) -> Option<NodeName> {
    value?.as_str()?.parse().ok()
}

/// A list, or the JSON of one in a text; else it is empty.
pub(super) fn list(value: Option<&Value>) -> Vec<Value> {
    match within_text(value) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// The words of a list, as many as are kept.
pub(super) fn words(value: Option<&Value>) -> Vec<String> {
    list(value).iter().filter_map(|item| word(Some(item))).take(MAX_ITEMS).collect()
}

/// A value, or the one whose JSON is in a text.
pub(super) fn within_text(value: Option<&Value>) -> Option<Value> {
    match value? {
        Value::String(text) => serde_json::from_str(text).ok(),
        value => Some(value.clone()),
    }
}

/// The recipes that a run list expands to, in their order: `{"run_list":[{"type":"role","name":…,
/// "children":[…]},…]}`, or the JSON of that in a text.
pub(super) fn recipes(value: Option<&Value>) -> Vec<String> {
    let expanded = within_text(value);
    let mut found = Vec::new();
    // What is to be looked at next stands last.
    let mut left: Vec<&Value> =
        expanded.iter().filter_map(|it| it.get("run_list")?.as_array()).flatten().rev().collect();
    while let Some(item) = left.pop() {
        if found.len() >= MAX_ITEMS {
            break;
        }
        match item.get("type").and_then(Value::as_str) {
            Some("recipe") if item.get("skipped") != Some(&Value::Bool(true)) => {
                found.extend(word(item.get("name")));
            }
            _ => left
                .extend(item.get("children").and_then(Value::as_array).into_iter().flatten().rev()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_meant_is_taken() {
        assert_eq!(count(Some(&json!("12"))), Some(12));
        assert_eq!(count(Some(&json!(12))), Some(12));
        assert_eq!(count(Some(&json!(-1))), None);
        assert_eq!(words(Some(&json!(r#"["recipe[a]",1,null]"#))), ["recipe[a]", "1"]);
        assert_eq!(words(Some(&json!({}))), Vec::<String>::new());
        let expanded = json!({"id": "prod", "run_list": [
            {"type": "role", "name": "web", "children": [
                {"type": "recipe", "name": "nginx"}, {"type": "recipe", "name": "b", "skipped": true}]},
            {"type": "recipe", "name": "last", "version": null}]});
        for form in [expanded.clone(), Value::String(expanded.to_string())] {
            assert_eq!(recipes(Some(&form)), ["nginx", "last"]);
        }
        assert_eq!(recipes(Some(&json!("x"))), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_cut_text_is_no_longer_than_its_limit(text in "[\0-\u{9f}aé😀]{0,20}", limit in 0..12_usize) {
            let cut = cut(&text, limit);
            prop_assert!(cut.len() <= limit);
            prop_assert!(!cut.contains('\0'));
        }
    }
}
