//! Making sure that JSON which is kept as it was written can be read by whoever gets it.
//!
//! What is kept as text has only been looked at so far as to find where it ends. Here it is read to
//! its last leaf, and thrown away: numbers that none can hold, half characters, and arrays within
//! arrays until a reader's stack ends are found before anything is stored.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use crate::refusals::{Refusal, fields, request};

/// How deeply arrays and objects may stand within each other, the body itself being the first level.
/// Many readers of JSON follow no further.
pub const MAX_DEPTH: usize = 100;

/// Nothing if this is JSON whose nesting, which begins at a level, stays within the limit.
pub(super) fn check(json: &str, level: usize) -> Result<(), Refusal> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let read = Walk { level }.deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| {
        // The reader itself finds syntax; only the walk says anything about what it means.
        if error.is_data() { fields::nested_too_deeply(MAX_DEPTH) } else { request::invalid_json() }
    })
}

/// Reads a value that stands at a level.
#[derive(Clone, Copy)]
struct Walk {
    level: usize,
}

impl Walk {
    fn within<E: Error>(self) -> Result<Self, E> {
        if self.level > MAX_DEPTH {
            return Err(E::custom("too deep"));
        }
        Ok(Self { level: self.level + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.within()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.within()?;
        while members.next_key_seed(inner)?.is_some() {
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nested(depth: usize) -> String {
        let (open, close): (String, String) =
            (0..depth).map(|at| if at % 2 == 0 { ("[", "]") } else { (r#"{"a":"#, "}") }).unzip();
        let close: String = close.chars().rev().collect();
        format!("{open}1{close}")
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        assert_eq!(check(&nested(MAX_DEPTH), 1), Ok(()));
        assert_eq!(check(&nested(MAX_DEPTH - 1), 2), Ok(()));
        let too_deep = Err(fields::nested_too_deeply(MAX_DEPTH));
        assert_eq!(check(&nested(MAX_DEPTH + 1), 1), too_deep);
        assert_eq!(check(&nested(MAX_DEPTH), 2), too_deep);
        assert_eq!(check(&nested(100_000), 1), too_deep);
    }

    #[test]
    fn what_no_reader_could_read_is_no_json() {
        for bad in ["1e999", r#""\ud800""#, r#"["\udc00"]"#, "[1", "{\"a\":}", "1 2", "", "nul"] {
            assert_eq!(check(bad, 1), Err(request::invalid_json()), "{bad}");
        }
        for fine in [r#""\ud83d\ude00""#, "123456789012345678901234567890", "-0.0e-999", "null"] {
            assert_eq!(check(fine, 1), Ok(()), "{fine}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_reader_that_keeps_all(text in r#"[\[\]{},:"\\u0-9a-fe.\-]{0,16}|.{0,16}"#) {
            let kept = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            prop_assert_eq!(check(&text, 1).is_ok(), kept);
        }
    }
}
