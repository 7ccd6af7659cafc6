//! Which part of a file its reader wants, or none since it has it: RFC 9110 §13 and §14, for one range
//! of bytes.

use std::ops::Range;

use hyper::header::{HeaderMap, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE};

/// What is to be sent of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it.
    All,
    /// These bytes, of which there is at least one.
    Part(Range<u64>),
    /// Nothing: there are no such bytes.
    Beyond,
    /// Nothing: its reader has it.
    Nothing,
}

impl Wanted {
    /// What these headers ask for, of a file of this length whose entity tag, with its quotes, is this
    /// one. What they say that cannot be read, or asks for several ranges, does not count.
    pub(crate) fn read(headers: &HeaderMap, size: u64, etag: &str) -> Self {
        let mut known = headers.get_all(IF_NONE_MATCH).iter().filter_map(text);
        if known.any(|tags| tags.split(',').any(|tag| is_tag(tag.trim(), etag))) {
            return Self::Nothing;
        }
        // A part only goes with what its reader has of the same file.
        let same = headers.get(IF_RANGE).is_none_or(|tag| text(tag) == Some(etag));
        let mut ranges = headers.get_all(RANGE).iter();
        match (ranges.next().and_then(text), ranges.next()) {
            (Some(range), None) if same => part(range, size).unwrap_or(Self::All),
            _ => Self::All,
        }
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

fn is_tag(tag: &str, etag: &str) -> bool {
    tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
}

/// `bytes=0-99`, `bytes=100-` or `bytes=-100`.
fn part(range: &str, size: u64) -> Option<Wanted> {
    let (unit, range) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let (start, end) = match (first, last) {
        ("", last) => (size.saturating_sub(number(last)?), size),
        (first, "") => (number(first)?, size),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.saturating_add(1).min(size))
        }
    };
    Some(if start < end { Wanted::Part(start..end) } else { Wanted::Beyond })
}

/// A number of digits alone; the largest there is, if it is larger.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderName;
    use proptest::prelude::*;

    use super::*;

    const ETAG: &str = "\"abc\"";

    fn wanted(pairs: &[(HeaderName, &str)], size: u64) -> Wanted {
        let pairs = pairs.iter().cloned();
        let headers =
            pairs.map(|(name, value)| (name, HeaderValue::from_str(value).unwrap())).collect();
        Wanted::read(&headers, size, ETAG)
    }

    #[test]
    fn one_range_is_read_and_all_else_is_the_whole() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-4", Wanted::Part(2..5)),
            ("Bytes = 2-", Wanted::Part(2..10)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=2-99999999999999999999999", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=10-", Wanted::Beyond),
            ("bytes=10-20", Wanted::Beyond),
            ("bytes=99999999999999999999999-", Wanted::Beyond),
            ("bytes=4-2", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes", Wanted::All),
            ("", Wanted::All),
        ] {
            assert_eq!(wanted(&[(RANGE, range)], 10), expected, "{range}");
        }
        assert_eq!(wanted(&[(RANGE, "bytes=0-")], 0), Wanted::Beyond);
        assert_eq!(wanted(&[(RANGE, "bytes=0-1"), (RANGE, "bytes=0-1")], 10), Wanted::All);
        assert_eq!(wanted(&[], 10), Wanted::All);
    }

    #[test]
    fn what_its_reader_has_is_not_sent_again() {
        for tags in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(wanted(&[(IF_NONE_MATCH, tags)], 10), Wanted::Nothing, "{tags}");
        }
        for tags in ["\"x\"", "abc", ""] {
            assert_eq!(wanted(&[(IF_NONE_MATCH, tags)], 10), Wanted::All, "{tags}");
        }
        let resume = |tag| wanted(&[(IF_RANGE, tag), (RANGE, "bytes=5-")], 10);
        assert_eq!(resume(ETAG), Wanted::Part(5..10));
        for other in ["\"x\"", "W/\"abc\"", "Sat, 21 Nov 2026 22:00:00 GMT"] {
            assert_eq!(resume(other), Wanted::All, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_range_is_within_the_file(range in "(bytes=)?[0-9]{0,21}-?[0-9]{0,21}.{0,3}", size: u64) {
            if let Ok(value) = HeaderValue::from_str(&range) {
                let headers = [(RANGE, value)].into_iter().collect();
                if let Wanted::Part(part) = Wanted::read(&headers, size, ETAG) {
                    prop_assert!(part.start < part.end && part.end <= size);
                }
            }
        }
    }
}
