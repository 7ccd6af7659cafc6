//! Methods of strings.

use crate::dsl::Dsl;
use crate::error::Problem;
use crate::evaluate::{Arguments, Interpreter};
use crate::heap::Heap;
use crate::render::Growing;
use crate::value::{Eval, Text, Value};

use super::format::format;

pub(super) fn call<D: Dsl>(
    ruby: &mut Interpreter<D>,
    receiver: Text,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    if let "each_line" | "each_char" = name {
        let pieces = pieces(&mut ruby.heap, receiver, name)?;
        for piece in pieces {
            ruby.run(arguments.block()?, vec![piece])?;
        }
        return Ok(Some(Value::Text(receiver)));
    }
    let heap = &mut ruby.heap;
    heap.step(heap.text(receiver).len() / 64)?;
    if let Some(value) = change(heap, receiver, name, arguments)? {
        return Ok(Some(value));
    }
    if let Some(value) = ask(heap, receiver, name, arguments)? {
        return Ok(Some(value));
    }
    make(heap, receiver, name, arguments)
}

/// What changes the string itself.
fn change(
    heap: &mut Heap,
    receiver: Text,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    match name {
        "<<" => heap.append(receiver, &arguments.text(0, heap)?)?,
        "concat" => {
            for more in arguments.texts(heap)? {
                heap.append(receiver, &more)?;
            }
        }
        "prepend" => {
            let text = format!("{}{}", arguments.text(0, heap)?, heap.text(receiver));
            heap.replace_text(receiver, text)?;
        }
        "replace" => {
            let text = arguments.text(0, heap)?;
            heap.replace_text(receiver, text)?;
        }
        _ => match name.strip_suffix('!') {
            Some(base) if !base.is_empty() => {
                let Some(Value::Text(made)) = make(heap, receiver, base, arguments)? else {
                    return Ok(None);
                };
                // Ruby tells by `nil` that there was nothing to change.
                if heap.text(made) == heap.text(receiver) {
                    return Ok(Some(Value::Nil));
                }
                let text = heap.text(made).to_owned();
                heap.replace_text(receiver, text)?;
            }
            _ => return Ok(None),
        },
    }
    Ok(Some(Value::Text(receiver)))
}

/// What is told of the string.
fn ask(
    heap: &mut Heap,
    receiver: Text,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let text = heap.text(receiver);
    Ok(Some(match name {
        "length" | "size" => Value::Int(text.chars().count() as i64),
        "bytesize" => Value::Int(text.len() as i64),
        "empty?" => Value::Bool(text.is_empty()),
        "include?" => Value::Bool(text.contains(&arguments.text(0, heap)?)),
        "start_with?" => Value::Bool(arguments.texts(heap)?.iter().any(|it| text.starts_with(it))),
        "end_with?" => Value::Bool(arguments.texts(heap)?.iter().any(|it| text.ends_with(it))),
        "index" if arguments.values.len() == 1 => {
            let at = text.find(&arguments.text(0, heap)?);
            let letters = at.and_then(|at| text.get(..at)).map(|before| before.chars().count());
            letters.map_or(Value::Nil, |count| Value::Int(count as i64))
        }
        "casecmp?" => Value::Bool(text.to_lowercase() == arguments.text(0, heap)?.to_lowercase()),
        "to_i" if arguments.values.is_empty() => Value::Int(leading_number(text)?),
        "to_f" => Value::Float(leading_float(text)),
        "to_sym" | "intern" => Value::symbol(text),
        "to_str" => Value::Text(receiver),
        "to_s" => Value::Text(receiver),
        "=~" | "match" | "match?" | "scan" => {
            return Err(Problem::Unknown("a regular expression".to_owned()).into());
        }
        _ => return Ok(None),
    }))
}

/// What makes another value of it.
fn make(
    heap: &mut Heap,
    receiver: Text,
    name: &str,
    arguments: &Arguments<'_, '_>,
) -> Eval<Option<Value>> {
    let text = heap.text(receiver).to_owned();
    let made = match (name, arguments.values.as_slice()) {
        ("+", _) => {
            let more = arguments.text(0, heap)?;
            text + &more
        }
        ("*", _) => {
            let count = arguments.count(0)?;
            heap.charge(text.len().saturating_mul(count))?;
            text.repeat(count)
        }
        ("%", [Value::List(list)]) => {
            let values = heap.elements(*list)?;
            return format(&text, &values, heap).map(Some);
        }
        ("%", [value]) => return format(&text, std::slice::from_ref(value), heap).map(Some),
        ("+@" | "-@", []) => text,
        ("upcase", []) => text.to_uppercase(),
        ("downcase", []) => text.to_lowercase(),
        ("swapcase", []) => text.chars().map(swapped).collect(),
        ("capitalize", []) => {
            let mut letters = text.chars();
            let first = letters.next().map(|it| it.to_uppercase().to_string());
            first.unwrap_or_default() + &letters.as_str().to_lowercase()
        }
        ("strip", []) => text.trim_matches(is_blank).to_owned(),
        ("lstrip", []) => text.trim_start_matches(is_blank).to_owned(),
        ("rstrip", []) => text.trim_end_matches(is_blank).to_owned(),
        ("chomp", []) => {
            let chomped = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r']));
            chomped.unwrap_or(&text).to_owned()
        }
        ("chomp" | "delete_suffix", [_]) => {
            text.strip_suffix(&arguments.text(0, heap)?).unwrap_or(&text).to_owned()
        }
        ("delete_prefix", [_]) => {
            text.strip_prefix(&arguments.text(0, heap)?).unwrap_or(&text).to_owned()
        }
        ("chop", []) => {
            let mut letters = text.chars();
            letters.next_back();
            letters.as_str().to_owned()
        }
        ("reverse", []) => text.chars().rev().collect(),
        ("gsub", [_, _]) => {
            let (from, to) = replacement(heap, arguments)?;
            let mut made = Growing::new(heap);
            for (at, piece) in text.split(from.as_str()).enumerate() {
                made.push(if at == 0 { "" } else { &to })?;
                made.push(piece)?;
            }
            made.done()
        }
        ("sub", [_, _]) => {
            let (from, to) = replacement(heap, arguments)?;
            text.replacen(&from, &to, 1)
        }
        ("tr", [_, _]) => {
            let (from, to) = (set(&arguments.text(0, heap)?)?, set(&arguments.text(1, heap)?)?);
            let last = to.last().copied();
            let translated = |letter| match from.iter().position(|it| *it == letter) {
                Some(at) => to.get(at).copied().or(last),
                None => Some(letter),
            };
            heap.step(text.len().saturating_mul(from.len() + 1) / 16)?;
            text.chars().filter_map(translated).collect()
        }
        ("delete", [_]) => {
            let unwanted = set(&arguments.text(0, heap)?)?;
            heap.step(text.len().saturating_mul(unwanted.len() + 1) / 16)?;
            text.chars().filter(|it| !unwanted.contains(it)).collect()
        }
        ("ljust" | "rjust" | "center", [_] | [_, _]) => padded(heap, &text, name, arguments)?,
        ("[]" | "slice", _) => return slice(heap, &text, arguments).map(Some),
        ("split", _) => return split(heap, &text, arguments).map(Some),
        ("lines" | "chars", []) => {
            let pieces = pieces(heap, receiver, name)?;
            return heap.new_list(pieces).map(Some);
        }
        _ => return Ok(None),
    };
    heap.new_text(made).map(Some)
}

/// What `sub` and `gsub` put in the place of what.
fn replacement(heap: &Heap, arguments: &Arguments<'_, '_>) -> Eval<(String, String)> {
    let (from, to) = (arguments.text(0, heap)?, arguments.text(1, heap)?);
    // A backslash has a meaning of its own there, even without a regular expression.
    if from.is_empty() || to.contains('\\') {
        return Err(Problem::Unknown("this replacement".to_owned()).into());
    }
    Ok((from, to))
}

/// What Ruby strips: blanks of ASCII, and NUL.
fn is_blank(letter: char) -> bool {
    matches!(letter, '\0' | '\t'..='\r' | ' ')
}

fn swapped(letter: char) -> char {
    let other = if letter.is_uppercase() {
        letter.to_lowercase().next()
    } else {
        letter.to_uppercase().next()
    };
    other.unwrap_or(letter)
}

/// The letters that `tr` and `delete` mean.
fn set(text: &str) -> Eval<Vec<char>> {
    let letters: Vec<char> = text.chars().collect();
    if matches!(letters.as_slice(), ['^', _, ..]) || text.contains('\\') {
        return Err(Problem::Unknown("this set of letters".to_owned()).into());
    }
    let mut set = Vec::new();
    let mut rest = letters.as_slice();
    loop {
        match rest {
            [first, '-', last, more @ ..] => {
                set.extend(*first..=*last);
                rest = more;
            }
            [letter, more @ ..] => {
                set.push(*letter);
                rest = more;
            }
            [] => return Ok(set),
        }
        if set.len() > 4096 {
            return Err(Problem::Limit { what: "letters in a set", limit: 4096 }.into());
        }
    }
}

fn padded(heap: &mut Heap, text: &str, name: &str, arguments: &Arguments<'_, '_>) -> Eval<String> {
    let width = arguments.count(0)?;
    let with = if arguments.values.len() > 1 { arguments.text(1, heap)? } else { " ".to_owned() };
    if with.is_empty() {
        return Err(Problem::wrong("this cannot be filled up with nothing").into());
    }
    let missing = width.saturating_sub(text.chars().count());
    heap.charge(missing.saturating_mul(4))?;
    let fill = |count: usize| with.chars().cycle().take(count).collect::<String>();
    let before = match name {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2,
    };
    Ok(format!("{}{text}{}", fill(before), fill(missing - before)))
}

/// The elements of so many that a start and a count mean.
pub(super) fn window(start: i64, count: i64, length: usize) -> Option<(usize, usize)> {
    let length = i64::try_from(length).ok()?;
    let start = if start < 0 { start.checked_add(length)? } else { start };
    if !(0..=length).contains(&start) || count < 0 {
        return None;
    }
    let end = start.saturating_add(count).min(length);
    Some((usize::try_from(start).ok()?, usize::try_from(end).ok()?))
}

/// The elements of so many that a range means.
pub(super) fn window_of(span: crate::value::Span, length: usize) -> Option<(usize, usize)> {
    let size = i64::try_from(length).ok()?;
    let from_end = |at: i64| if at < 0 { at.saturating_add(size) } else { at };
    let start = from_end(span.first);
    let end = from_end(span.last).saturating_add(i64::from(!span.excludes_last));
    window(start, end.saturating_sub(start).max(0), length).filter(|_| start >= 0)
}

fn slice(heap: &mut Heap, text: &str, arguments: &Arguments<'_, '_>) -> Eval<Value> {
    let length = text.chars().count();
    let window = match arguments.values.as_slice() {
        [Value::Int(at)] => window(*at, 1, length).filter(|(start, end)| start < end),
        [Value::Int(start), Value::Int(count)] => window(*start, *count, length),
        [Value::Span(span)] => window_of(*span, length),
        [Value::Text(sought)] => {
            let sought = heap.text(*sought).to_owned();
            return if text.contains(&sought) { heap.new_text(sought) } else { Ok(Value::Nil) };
        }
        _ => return Err(Problem::Unknown("this way to take a part of a text".to_owned()).into()),
    };
    match window {
        Some((start, end)) => {
            let part: String = text.chars().skip(start).take(end - start).collect();
            heap.new_text(part)
        }
        None => Ok(Value::Nil),
    }
}

fn split(heap: &mut Heap, text: &str, arguments: &Arguments<'_, '_>) -> Eval<Value> {
    let separator = match arguments.values.as_slice() {
        [] | [Value::Nil] => " ".to_owned(),
        [_] | [_, Value::Int(1..)] => arguments.text(0, heap)?,
        _ => return Err(Problem::Unknown("this way to split a text".to_owned()).into()),
    };
    heap.step(text.len() / 8)?;
    let limit = arguments.values.get(1).map(|_| arguments.count(1)).transpose()?;
    let mut pieces: Vec<&str> = match (separator.as_str(), limit) {
        (" ", None) => text.split(is_blank).filter(|piece| !piece.is_empty()).collect(),
        ("", None) => text.split("").filter(|piece| !piece.is_empty()).collect(),
        (" " | "", Some(_)) => {
            return Err(Problem::Unknown("this way to split a text".to_owned()).into());
        }
        (separator, None) => text.split(separator).collect(),
        (separator, Some(limit)) => text.splitn(limit, separator).collect(),
    };
    while limit.is_none() && pieces.last().is_some_and(|piece| piece.is_empty()) {
        pieces.pop();
    }
    if text.is_empty() {
        pieces.clear();
    }
    let texts = pieces.into_iter().map(|it| heap.new_text(it)).collect::<Eval<Vec<_>>>()?;
    heap.new_list(texts)
}

/// The lines, each with its end, or the letters.
fn pieces(heap: &mut Heap, receiver: Text, name: &str) -> Eval<Vec<Value>> {
    let text = heap.text(receiver).to_owned();
    heap.step(text.len() / 8)?;
    if name.ends_with("chars") || name.ends_with("char") {
        text.chars().map(|letter| heap.new_text(letter)).collect()
    } else {
        text.split_inclusive('\n').map(|line| heap.new_text(line)).collect()
    }
}

/// The whole number that a text begins with; 0 if it begins with none.
fn leading_number(text: &str) -> Eval<i64> {
    let text = text.trim_start_matches(is_blank);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut number: i64 = 0;
    for digit in digits.chars().map_while(|it| it.to_digit(10)) {
        let more = number.checked_mul(10).and_then(|it| it.checked_add(digit.into()));
        let too_large = || Problem::Unknown("a number of more than 64 bits".to_owned());
        number = more.ok_or_else(too_large)?;
    }
    Ok(sign * number)
}

/// The number that a text begins with; 0 if it begins with none.
fn leading_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_blank);
    let end = text
        .char_indices()
        .find(|(at, it)| !(it.is_ascii_digit() || *it == '.' || (*at == 0 && *it == '-')))
        .map_or(text.len(), |(at, _)| at);
    let mut number = text.get(..end).unwrap_or_default();
    // `1.2.3` is 1.2.
    if let Some((second, _)) = number.match_indices('.').nth(1) {
        number = number.get(..second).unwrap_or_default();
    }
    number.trim_end_matches('.').parse().unwrap_or(0.0)
}
