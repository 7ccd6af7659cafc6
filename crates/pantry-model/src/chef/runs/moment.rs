//! Points in time as Chef's clients write them: `2026-11-21 14:05:09 +0100` where Ruby was asked for a
//! text, and `2026-11-21T13:05:09Z` where somebody cared.

use crate::chef::date::Date;
use crate::time::Timestamp;

const SECOND: i64 = 1000;

/// A point in time in one of these forms, to the second.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let date: Date = format!("{day}T{clock}Z").parse().ok()?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|one: char| one.is_ascii_digit()),
        None => rest,
    };
    Some(Timestamp(date.timestamp().0.checked_sub(offset(zone.trim())?)?))
}

/// What a zone is ahead of UTC, in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "UTC") {
        return Some(0);
    }
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, zone.strip_prefix('+')?),
    };
    let digits = digits.replacen(':', "", 1);
    let (hours, minutes) = digits.split_at_checked(2)?;
    let number = |text: &str| -> Option<i64> {
        let is_number = text.len() == 2 && text.bytes().all(|one| one.is_ascii_digit());
        if is_number { text.parse().ok() } else { None }
    };
    let minutes = number(hours)? * 60 + number(minutes)?;
    (minutes < 24 * 60).then_some(sign * minutes * 60 * SECOND)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rubys_times_and_those_of_iso_8601_are_the_same() {
        for text in [
            "2026-11-21T13:05:09Z",
            "2026-11-21 13:05:09 UTC",
            "2026-11-21 14:05:09 +0100",
            "2026-11-21T14:05:09+01:00",
            "2026-11-21T09:35:09.123456-03:30",
        ] {
            assert_eq!(read(text), Some(Timestamp(1_795_266_309_000)), "{text}");
        }
        for bad in [
            "",
            "now",
            "2026-11-21",
            "2026-11-21 13:05:09",
            "2026-11-21 13:05:09 +1",
            "2026-11-21 13:05:09 +2500",
            "2026-11-21 13:05:09 +01é",
            "2026-02-30 13:05:09 UTC",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "[0-9TZ: .+-]{10,32}|.*") {
            let _ = read(&text);
        }
    }
}
