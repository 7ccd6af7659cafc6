//! When a request was signed: the text of `X-Ops-Timestamp`, and the same in seconds.
//!
//! Only the one form that Chef's clients send is read, so text and seconds say exactly the same,
//! and the signed block can be made again from the seconds. The original takes more (any digits
//! between any of the separators), which no client is known to use.

use std::fmt;
use std::str::FromStr;

const DAY: i64 = 86_400;

/// A point in time, to the second, in the years 0 to 9999 of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SigningTime(i64);

/// A text that is not `YYYY-MM-DDThh:mm:ssZ`, or no time that a calendar and a clock show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form YYYY-MM-DDThh:mm:ssZ, or out of the years 0 to 9999")]
pub struct InvalidTime;

impl SigningTime {
    /// From seconds since the Unix epoch, if its year has four digits.
    pub fn from_unix(seconds: i64) -> Result<Self, InvalidTime> {
        let years = days(0, 1, 1) * DAY..days(10_000, 1, 1) * DAY;
        years.contains(&seconds).then_some(Self(seconds)).ok_or(InvalidTime)
    }

    /// Seconds since the Unix epoch.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Reads `YYYY-MM-DDThh:mm:ssZ`.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', ref clock @ ..] = text else {
            return None;
        };
        let &[h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = clock else { return None };
        let year = number(&[y1, y2, y3, y4])?;
        let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        let on_calendar =
            (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
        let on_clock = hour < 24 && minute < 60 && second < 60;
        (on_calendar && on_clock)
            .then(|| Self(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second))
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that
/// the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

impl FromStr for SigningTime {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        Self::parse(text.as_bytes()).ok_or(InvalidTime)
    }
}

impl fmt::Display for SigningTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day_number, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        // By the mean length of a year, which is right but for some days at either end of it.
        let mut year = 1970 + (day_number * 400).div_euclid(146_097);
        if day_number < days(year, 1, 1) {
            year -= 1;
        } else if day_number >= days(year + 1, 1, 1) {
            year += 1;
        }
        let month = (1..12).find(|month| days(year, month + 1, 1) > day_number).unwrap_or(12);
        let day = day_number - days(year, month, 1) + 1;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2009-01-01T12:00:00Z", 1_230_811_200),
            ("2026-11-21T07:00:00Z", 1_795_244_400),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            let time: SigningTime = text.parse().unwrap();
            assert_eq!((time.unix(), time.to_string().as_str()), (seconds, text));
            assert_eq!(SigningTime::from_unix(seconds), Ok(time));
        }
        for outside in [i64::MIN, -62_167_219_201, 253_402_300_800, i64::MAX] {
            assert_eq!(SigningTime::from_unix(outside), Err(InvalidTime));
        }
    }

    #[test]
    fn every_day_is_written_and_read_back() {
        let first = SigningTime::parse(b"0000-01-01T00:00:00Z").unwrap().0;
        // One whole round of the calendar, and then often enough to be in each month.
        let numbers = (0..146_097).chain((146_097..3_652_425).step_by(13));
        let mut before = String::new();
        for day in numbers {
            let time = SigningTime(first + day * DAY + day % DAY);
            let text = time.to_string();
            assert_eq!(SigningTime::parse(text.as_bytes()), Some(time), "{text}");
            assert!(before < text, "{before} {text}");
            before = text;
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "xxx",
            "2026-11-21",
            "2026-11-21 07:00:00Z",
            "2026-11-21T07:00:00",
            "2026-11-21T07:00:00z",
            "2026-11-21T07:00:00+00:00",
            "2026-11-21T07:00:00.0Z",
            "2026-1-21T07:00:00Z",
            "+026-11-21T07:00:00Z",
            "2026-00-21T07:00:00Z",
            "2026-13-21T07:00:00Z",
            "2026-11-00T07:00:00Z",
            "2026-11-31T07:00:00Z",
            "2026-02-29T07:00:00Z",
            "1900-02-29T07:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T07:60:00Z",
            "2026-11-21T07:00:60Z",
            "２026-11-21T07:00Z",
        ] {
            assert_eq!(text.parse::<SigningTime>(), Err(InvalidTime), "{text}");
        }
    }
}
