//! `format`, and `%` of a string: the directives that people use for names and numbers.

use crate::error::Problem;
use crate::heap::Heap;
use crate::render::{self, Growing};
use crate::value::{Eval, Value};

/// The widest that a directive may ask for.
const WIDEST: usize = 1000;

/// Puts values into a text: `%s`, `%d`, `%x`, `%o`, `%f`, `%p` with flags, width and precision.
pub(crate) fn format(text: &str, values: &[Value], heap: &mut Heap) -> Eval<Value> {
    let mut values = values.iter();
    let mut result = Growing::new(heap);
    let mut rest = text;
    while let Some((before, directive)) = rest.split_once('%') {
        result.push(before)?;
        if let Some(after) = directive.strip_prefix('%') {
            result.push("%")?;
            rest = after;
            continue;
        }
        let end = directive.find(|it: char| it.is_ascii_alphabetic() || !it.is_ascii());
        let (spec, kind, after) = end
            .and_then(|end| {
                let kind = directive.get(end..)?.chars().next()?;
                Some((directive.get(..end)?, kind, directive.get(end + kind.len_utf8()..)?))
            })
            .ok_or_else(|| Problem::wrong("this format ends within a directive"))?;
        let value = values.next().ok_or_else(|| Problem::wrong("this format lacks a value"))?;
        let piece = directive_of(spec, kind, value, result.heap)?;
        result.push(&piece)?;
        rest = after;
    }
    result.push(rest)?;
    let text = result.done();
    heap.new_text(text)
}

fn directive_of(spec: &str, kind: char, value: &Value, heap: &mut Heap) -> Eval<String> {
    let unknown = || Problem::Unknown(format!("the directive `%{spec}{kind}`"));
    let (width, precision) = match spec.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse().map_err(|_| unknown())?)),
        None => (spec, None),
    };
    let digits = width.trim_start_matches(['-', '0', '+', ' ']);
    let flags = width.strip_suffix(digits).unwrap_or_default();
    let width: usize = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| unknown())? };
    if width > WIDEST || precision.is_some_and(|it: usize| it > WIDEST) {
        return Err(Problem::Limit { what: "characters in a directive", limit: WIDEST }.into());
    }
    let number = |value: &Value| match value {
        Value::Int(it) => Ok(*it),
        Value::Float(it) => Ok(it.floor() as i64),
        other => Err(Problem::Wrong(format!("{} is no number to format", other.kind()))),
    };
    let is_number = matches!(kind, 'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'f');
    let mut piece = match kind {
        's' => render::to_s(value, heap)?,
        'p' => render::inspect(value, heap)?,
        'd' | 'i' | 'u' => number(value)?.to_string(),
        'x' | 'X' | 'o' | 'b' if number(value)? < 0 => return Err(unknown().into()),
        'x' => format!("{:x}", number(value)?),
        'X' => format!("{:X}", number(value)?),
        'o' => format!("{:o}", number(value)?),
        'b' => format!("{:b}", number(value)?),
        'f' => {
            let value = match value {
                Value::Float(it) => *it,
                other => number(other)? as f64,
            };
            format!("{value:.*}", precision.unwrap_or(6))
        }
        _ => return Err(unknown().into()),
    };
    match precision {
        Some(precision) if kind == 's' => piece = piece.chars().take(precision).collect(),
        Some(_) if kind != 'f' => return Err(unknown().into()),
        _ => {}
    }
    if is_number && !piece.starts_with('-') {
        let sign = [('+', "+"), (' ', " ")].into_iter().find(|(flag, _)| flags.contains(*flag));
        piece.insert_str(0, sign.map_or("", |(_, sign)| sign));
    }
    let missing = width.saturating_sub(piece.chars().count());
    if flags.contains('-') {
        piece.push_str(&" ".repeat(missing));
    } else if flags.contains('0') && is_number {
        let after_sign = usize::from(piece.starts_with(['-', '+', ' ']));
        piece.insert_str(after_sign, &"0".repeat(missing));
    } else {
        piece.insert_str(0, &" ".repeat(missing));
    }
    Ok(piece)
}
