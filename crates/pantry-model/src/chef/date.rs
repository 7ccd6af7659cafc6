//! Dates as the Chef API writes them: `2099-02-28T01:00:00Z`, UTC, to the second.
//!
//! Only the years 0 to 9999 have this form. The calendar is the Gregorian one throughout, and a
//! minute never has a sixty-first second, as in Unix time.

use std::fmt;
use std::str::FromStr;

use crate::time::Timestamp;

const DAY: i64 = 86_400;

/// A point in time, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Since the Unix epoch.
    seconds: i64,
}

/// A text that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYY-MM-DDThh:mm:ssZ")]
pub struct InvalidDate;

impl Date {
    /// The same in milliseconds.
    pub fn timestamp(self) -> Timestamp {
        Timestamp(self.seconds.saturating_mul(1000))
    }
}

impl From<Timestamp> for Date {
    /// The second in which it is; at the nearest end of what can be written, if it is beyond.
    fn from(time: Timestamp) -> Self {
        let (first, after) = (days(0, 1, 1) * DAY, days(10_000, 1, 1) * DAY);
        Self { seconds: time.0.div_euclid(1000).clamp(first, after - 1) }
    }
}

/// Days from 1970-01-01. Years begin in March here, which puts the leap day at their end: every
/// month then begins at the same day of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 1970-01-01 is day 719,468 of this count, which begins on 0000-03-01.
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The year, month and day of a number of days from 1970-01-01.
fn calendar(day_number: i64) -> (i64, i64, i64) {
    // 400 years have 146,097 days; the estimate is at most one year off.
    let estimate = 1970 + (day_number * 400).div_euclid(146_097);
    let begins = |year: &i64| days(*year, 1, 1) <= day_number;
    let year = (estimate - 1..=estimate + 1).rev().find(begins).unwrap_or(estimate);
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day_number).unwrap_or(1);
    (year, month, day_number - days(year, month, 1) + 1)
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let bytes: &[u8; 20] = text.as_bytes().try_into().map_err(|_| InvalidDate)?;
        let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', rest @ ..] = bytes else {
            return Err(InvalidDate);
        };
        let [h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = rest else { return Err(InvalidDate) };
        let number = |digits: &[&u8]| {
            digits.iter().try_fold(0_i64, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + i64::from(**digit - b'0'))
            })
        };
        let number = |digits: &[&u8]| number(digits).ok_or(InvalidDate);
        let (year, month, day) =
            (number(&[y1, y2, y3, y4])?, number(&[o1, o2])?, number(&[d1, d2])?);
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
        let day_number = days(year, month, day);
        // A date that does not exist is written otherwise by the calendar.
        let exists = (1..=12).contains(&month) && calendar(day_number) == (year, month, day);
        if !exists || hour > 23 || minute > 59 || second > 59 {
            return Err(InvalidDate);
        }
        Ok(Self { seconds: day_number * DAY + hour * 3600 + minute * 60 + second })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = calendar(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates_have_their_seconds() {
        for (text, seconds) in [
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("0000-03-01T00:00:00Z", -62_162_035_200),
            ("1969-12-31T23:59:59Z", -1),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2099-02-28T01:00:00Z", 4_075_923_600),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!((date.seconds, date.to_string().as_str()), (seconds, text));
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = (-1, 12, 31);
        for day_number in days(0, 1, 1)..days(10_000, 1, 1) {
            let (year, month, day) = calendar(day_number);
            let next = match before {
                (y, 12, 31) => (y + 1, 1, 1),
                (y, m, _) if day == 1 => (y, m + 1, 1),
                (y, m, d) => (y, m, d + 1),
            };
            assert_eq!((year, month, day), next);
            assert_eq!(days(year, month, day), day_number);
            before = next;
        }
        assert_eq!(before, (9999, 12, 31));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "infinity",
            "2010-09-32T10:00:00Z",
            "2010-09-31T10:00:00Z",
            "2010-13-01T10:00:00Z",
            "2010-00-01T10:00:00Z",
            "2010-01-00T10:00:00Z",
            "2023-02-29T10:00:00Z",
            "1900-02-29T10:00:00Z",
            "2010-09-30T24:00:00Z",
            "2010-09-30T10:60:00Z",
            "2010-09-30T10:00:60Z",
            "2010-09-30T10:00:00",
            "2010-09-30 10:00:00Z",
            "2010-9-30T10:00:00Z ",
            "+010-09-30T10:00:00Z",
            "2010-09-30T10:00:00é",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9TZ:-]{18,21}|.*") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text);
                prop_assert_eq!(Date::from(date.timestamp()), date);
            }
        }
    }
}
