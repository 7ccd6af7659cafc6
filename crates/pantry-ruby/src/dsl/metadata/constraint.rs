//! Versions and constraints, as the metadata of cookbooks takes them: also those of platforms, which
//! have versions such as `14.04`, `7` and `10.1-RELEASE-p12`. What is taken stays as it was written.

use crate::error::Problem;
use crate::heap::Heap;
use crate::render::inspect;
use crate::value::{Eval, Value};

/// What holds where nothing is said.
pub(super) const ANY: &str = ">= 0.0.0";

/// In the order in which they are tried: a longer one before the one that it begins with.
const OPERATORS: [&str; 6] = ["<=", ">=", "~>", "<", ">", "="];

/// A constraint: its text, an array of one, or nothing, which is any version.
pub(super) fn read(given: &Value, heap: &mut Heap) -> Eval<String> {
    let given = match given {
        Value::Nil => return Ok(ANY.to_owned()),
        Value::List(list) => match heap.list(*list) {
            [] => return Ok(ANY.to_owned()),
            [only] => only.clone(),
            _ => given.clone(),
        },
        other => other.clone(),
    };
    if let Value::Text(text) = given
        && let Some(constraint) = parse(heap.text(text))
    {
        return Ok(constraint);
    }
    let shown: String = inspect(&given, heap)?.chars().take(80).collect();
    let text =
        format!("{shown} is no version constraint: write one like \"~> 1.2\" or \"= 1.2.3\"");
    Err(Problem::Wrong(text).into())
}

fn parse(text: &str) -> Option<String> {
    let begins_with_digit = |line: &str| line.starts_with(|it: char| it.is_ascii_digit());
    // Chef looks at each line, and is content with one.
    if !text.contains(' ') && text.split('\n').any(begins_with_digit) {
        return is_version(text).then(|| format!("= {text}"));
    }
    text.split('\n')
        .find_map(|line| {
            OPERATORS.iter().find_map(|operator| {
                let version = line.strip_prefix(operator)?.trim_start_matches(' ');
                begins_with_digit(version).then_some((operator, version))
            })
        })
        .filter(|(_, version)| is_version(version))
        .map(|(operator, version)| format!("{operator} {version}"))
}

/// Whether one line of this is the version of a cookbook or a platform.
fn is_version(text: &str) -> bool {
    text.split('\n').any(|line| {
        let parts: Vec<_> = line.split('.').collect();
        let is_number =
            |part: &&str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        (1..=3).contains(&parts.len()) && parts.iter().all(is_number) || is_freebsd(line)
    })
}

/// Digits, any character, digits, and a name that may end in a digit and a patch level:
/// `10.1-RELEASE-p12`.
fn is_freebsd(line: &str) -> bool {
    line.match_indices('-').any(|(at, _)| {
        let (number, name) = line.split_at(at);
        let name = name.get(1..).unwrap_or_default().to_ascii_lowercase();
        let major_end = number.bytes().take_while(u8::is_ascii_digit).count();
        let minor = number.bytes().rev().take_while(u8::is_ascii_digit).count();
        let between = number.len().checked_sub(major_end + minor);
        let is_number = match between {
            // Digits alone: one in the middle is the character between.
            None => number.len() >= 3,
            Some(_) if major_end == 0 || minor == 0 => false,
            Some(_) => {
                let between = number.get(major_end..number.len() - minor).unwrap_or_default();
                between.chars().count() == 1
            }
        };
        let letters = name.bytes().take_while(u8::is_ascii_lowercase).count();
        let rest = name.get(letters..).unwrap_or_default();
        let rest = rest.strip_prefix(|it: char| it.is_ascii_digit()).unwrap_or(rest);
        let is_patch = rest.is_empty()
            || rest.strip_prefix("-p").is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
            });
        is_number && letters > 0 && is_patch
    })
}

/// The version of a cookbook, `x.y.z` or `x.y`, with three numbers.
pub(super) fn version(text: &str) -> Option<String> {
    let of = |count: usize| {
        text.split('\n').find_map(|line| {
            let parts: Vec<_> = line.split('.').collect();
            let number = |part: &&str| {
                let is_one = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
                let digits = part.trim_start_matches('0');
                is_one.then(|| if digits.is_empty() { "0" } else { digits }.to_owned())
            };
            let numbers: Option<Vec<String>> = parts.iter().map(number).collect();
            numbers.filter(|numbers| numbers.len() == count)
        })
    };
    let mut numbers = of(3).or_else(|| of(2))?;
    numbers.resize(3, "0".to_owned());
    Some(numbers.join("."))
}
