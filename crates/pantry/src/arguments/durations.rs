//! Durations as they are typed: `30s`, `5m`, `2h`, `1d`.

use std::time::Duration;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a whole number and its unit are expected: 30s, 5m, 2h or 1d, from 1s to 365d")]
pub(crate) struct InvalidDuration;

const LONGEST: u64 = 365 * 24 * 60 * 60;

/// Reads a duration. A number without a unit is refused: minutes and seconds are too easily mixed up.
pub(crate) fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    let (number, unit) =
        text.split_at_checked(text.len().wrapping_sub(1)).ok_or(InvalidDuration)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(InvalidDuration),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidDuration);
    }
    let number: u64 = number.parse().map_err(|_| InvalidDuration)?;
    let seconds = number.checked_mul(unit).ok_or(InvalidDuration)?;
    if (1..=LONGEST).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(InvalidDuration)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, seconds) in
            [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("365d", LONGEST)]
        {
            assert_eq!(parse(text).unwrap().as_secs(), seconds, "{text}");
        }
        for bad in [
            "",
            "s",
            "5",
            "0s",
            "-1s",
            "+1s",
            "1.5h",
            "366d",
            "5 m",
            "5min",
            "99999999999999999999d",
            "5µ",
        ] {
            assert_eq!(parse(bad), Err(InvalidDuration), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_duration_or_an_error(text in "\\PC{0,8}") {
            let _ = parse(&text);
        }
    }
}
