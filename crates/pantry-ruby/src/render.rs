//! Values as text, as `inspect` shows them, and as JSON.

use serde_json::{Map as Object, Number, Value as Json};

use crate::error::Problem;
use crate::heap::Heap;
use crate::value::{Eval, Value};

/// A text that grows under the heap's eyes.
pub(crate) struct Growing<'h> {
    pub(crate) heap: &'h mut Heap,
    text: String,
}

impl<'h> Growing<'h> {
    pub(crate) fn new(heap: &'h mut Heap) -> Self {
        Self { heap, text: String::new() }
    }

    pub(crate) fn push(&mut self, text: &str) -> Eval<()> {
        self.heap.charge(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Appends what `to_s` says.
    pub(crate) fn display(&mut self, value: &Value) -> Eval<()> {
        match value {
            Value::Nil => Ok(()),
            Value::Symbol(name) => self.push(name),
            Value::Text(text) => {
                let text = self.heap.text(*text);
                self.text.push_str(text);
                let length = text.len();
                self.heap.charge(length)
            }
            other => self.inspect(other, 0),
        }
    }

    fn inspect(&mut self, value: &Value, depth: usize) -> Eval<()> {
        self.heap.visit(depth)?;
        match value {
            Value::Nil => self.push("nil"),
            Value::Bool(it) => self.push(if *it { "true" } else { "false" }),
            Value::Int(it) => self.push(&it.to_string()),
            Value::Float(it) => self.push(&float(*it)),
            Value::Symbol(name) => self.push(&symbol(name)),
            Value::Text(text) => {
                let quoted = quoted(self.heap.text(*text));
                self.push(&quoted)
            }
            Value::List(list) => {
                self.push("[")?;
                for (at, element) in self.heap.elements(*list)?.iter().enumerate() {
                    self.push(if at == 0 { "" } else { ", " })?;
                    self.inspect(element, depth + 1)?;
                }
                self.push("]")
            }
            Value::Map(map) => {
                self.push("{")?;
                for (at, (key, value)) in self.heap.entries(*map)?.iter().enumerate() {
                    self.push(if at == 0 { "" } else { ", " })?;
                    self.inspect(key, depth + 1)?;
                    self.push("=>")?;
                    self.inspect(value, depth + 1)?;
                }
                self.push("}")
            }
            Value::Span(it) => {
                let dots = if it.excludes_last { "..." } else { ".." };
                self.push(&format!("{}{dots}{}", it.first, it.last))
            }
        }
    }

    pub(crate) fn done(self) -> String {
        self.text
    }
}

/// What `to_s` says.
pub(crate) fn to_s(value: &Value, heap: &mut Heap) -> Eval<String> {
    let mut text = Growing::new(heap);
    text.display(value)?;
    Ok(text.done())
}

/// What `inspect` says.
pub(crate) fn inspect(value: &Value, heap: &mut Heap) -> Eval<String> {
    let mut text = Growing::new(heap);
    text.inspect(value, 0)?;
    Ok(text.done())
}

/// A value as Chef sends it: symbols as texts, keys as what `to_s` says.
pub(crate) fn to_json(value: &Value, heap: &mut Heap) -> Eval<Json> {
    nested_json(value, heap, 0)
}

fn nested_json(value: &Value, heap: &mut Heap, depth: usize) -> Eval<Json> {
    heap.visit(depth)?;
    heap.charge(size_of::<Json>())?;
    Ok(match value {
        Value::Nil => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Int(it) => Json::from(*it),
        Value::Float(it) => Number::from_f64(*it)
            .map(Json::Number)
            .ok_or_else(|| Problem::wrong(format!("{} cannot be written as JSON", float(*it))))?,
        Value::Symbol(_) | Value::Text(_) | Value::Span(_) => Json::String(to_s(value, heap)?),
        Value::List(list) => {
            let mut elements = Vec::new();
            for element in heap.elements(*list)? {
                elements.push(nested_json(&element, heap, depth + 1)?);
            }
            Json::Array(elements)
        }
        Value::Map(map) => {
            let mut members = Object::new();
            for (key, value) in heap.entries(*map)? {
                let key = to_s(&key, heap)?;
                members.insert(key, nested_json(&value, heap, depth + 1)?);
            }
            Json::Object(members)
        }
    })
}

/// A float as Ruby writes it.
pub(crate) fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value == 0.0 || (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}{point}e{sign}{:02}", exponent.unsigned_abs())
}

fn symbol(name: &str) -> String {
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|it| it.is_alphabetic() || it == '_');
    let rest = name.trim_end_matches(['?', '!', '=']);
    if begins && rest.chars().all(|it| it.is_alphanumeric() || it == '_') {
        format!(":{name}")
    } else {
        format!(":{}", quoted(name))
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{1b}' => quoted.push_str("\\e"),
            '#' if matches!(letters.peek(), Some('{' | '$' | '@')) => quoted.push_str("\\#"),
            it if it.is_ascii_control() => quoted.push_str(&format!("\\x{:02X}", u32::from(it))),
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_ruby_does() {
        for (value, text) in [
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (1e15, "1000000000000000.0"),
            (1e16, "1.0e+16"),
            (1.25e20, "1.25e+20"),
            (0.0001, "0.0001"),
            (0.00001, "1.0e-05"),
            (0.0, "0.0"),
        ] {
            assert_eq!(float(value), text);
        }
    }
}
