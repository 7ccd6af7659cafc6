//! Numbers as the text by which they are found.

use std::borrow::Cow;

/// From here on not every whole number is a number of this kind.
const LAST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text by which `true`, `false`, `null` or a number is found, as the original has it: nothing for
/// `null`, whole numbers as they are, and numbers with a fraction or an exponent as Erlang prints them,
/// which is the shorter one of `1.2e3` and `1200.0`, and the latter if they are as long.
pub(crate) fn plain_text(written: &str) -> Cow<'_, str> {
    match written {
        "null" => return "".into(),
        "-0" => return "0".into(),
        "true" | "false" => return written.into(),
        _ => {}
    }
    if !written.contains(['.', 'e', 'E']) {
        return written.into();
    }
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => float_text(number).into(),
        _ => written.into(),
    }
}

fn float_text(number: f64) -> String {
    let scientific = format!("{number:e}");
    let scientific = match scientific.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => scientific,
    };
    if number.abs() >= LAST_EXACT {
        return scientific;
    }
    let mut decimal = number.to_string();
    if !decimal.contains('.') {
        decimal.push_str(".0");
    }
    if decimal.len() <= scientific.len() { decimal } else { scientific }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_the_text_that_the_original_has() {
        for (written, text) in [
            ("null", ""),
            ("true", "true"),
            ("false", "false"),
            ("0", "0"),
            ("-0", "0"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("1.5", "1.5"),
            ("1.50", "1.5"),
            ("0.0", "0.0"),
            ("-0.0", "-0.0"),
            ("100.0", "100.0"),
            ("1000.0", "1.0e3"),
            ("1200.0", "1.2e3"),
            ("123450.0", "123450.0"),
            ("0.0001", "0.0001"),
            ("0.00012", "1.2e-4"),
            ("0.00001", "1.0e-5"),
            ("1e5", "1.0e5"),
            ("1E+2", "100.0"),
            ("1e22", "1.0e22"),
            ("9007199254740993.0", "9.007199254740992e15"),
            ("1449249122.5487638", "1449249122.5487638"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(plain_text(written), text, "{written}");
        }
    }
}
