//! Stored JSON as a tree that borrows from it.
//!
//! What was stored is JSON, and nested within limits: it was read to its last leaf when it came
//! ([`crate::chef::JsonObject::read`]). So reading it again can be as quick as looking for quotes and
//! brackets, keep what it does not change as it was written (numbers of any size above all), and pass
//! over what nobody asked for without looking into it.

use std::borrow::Cow;

use memchr::memchr2;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`, `true`, `false` or a number, as it was written.
    Plain(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object: keys and values in the order in which they were written.
    Map(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The value that is written here; `None` if this is no JSON. Not everything that is none is
    /// noticed.
    pub fn read(text: &'a str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value(0)?;
        reader.skip_space();
        reader.rest.is_empty().then_some(value)
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Plain("null"))
    }

    /// The value of a key, if this is an object that has it. Of a key that stands there twice, the
    /// last value counts.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => {
                members.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

/// Looks at each member of the object that is written here: its key, and the text of its value, into
/// which it does not look. `None` if this is no object.
pub fn each_member<'a>(object: &'a str, mut look: impl FnMut(&str, &'a str)) -> Option<()> {
    let mut reader = Reader { rest: object };
    reader.members(|key, reader| {
        let value = reader.skip()?;
        look(&key, value);
        Some(())
    })
}

/// Looks at each item of the array that is written here, as text, into which it does not look. `None` if
/// this is no array, or as soon as `look` says so.
pub fn each_item<'a>(array: &'a str, mut look: impl FnMut(&'a str) -> Option<()>) -> Option<()> {
    let mut reader = Reader { rest: array };
    reader.items(|reader| look(reader.skip()?))
}

/// Deeper than anything that is stored.
const DEEPEST: usize = 128;

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.rest.bytes().next()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let is_next = self.peek()? == byte;
        self.cut(usize::from(is_next))?;
        is_next.then_some(())
    }

    /// Takes that many bytes.
    fn cut(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'"' => self.text().map(Json::Text),
            b'[' => {
                let mut items = Vec::new();
                self.items(|reader| {
                    items.push(reader.value(depth + 1)?);
                    Some(())
                })?;
                Some(Json::List(items))
            }
            b'{' => {
                let mut members = Vec::new();
                self.members(|key, reader| {
                    members.push((key, reader.value(depth + 1)?));
                    Some(())
                })?;
                Some(Json::Map(members))
            }
            _ => self.plain().map(Json::Plain),
        }
    }

    /// Each item of an array.
    fn items(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        if self.peek()? == b']' {
            return self.take(b']');
        }
        loop {
            each(self)?;
            match self.peek()? {
                b',' => self.take(b',')?,
                _ => return self.take(b']'),
            }
        }
    }

    /// Each member of an object: its key, and the reader where its value begins.
    fn members(
        &mut self,
        mut each: impl FnMut(Cow<'a, str>, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            return self.take(b'}');
        }
        loop {
            self.skip_space();
            let key = self.text()?;
            self.take(b':')?;
            each(key, self)?;
            match self.peek()? {
                b',' => self.take(b',')?,
                _ => return self.take(b'}'),
            }
        }
    }

    fn plain(&mut self) -> Option<&'a str> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let length = self.rest.bytes().position(|byte| !is_part(byte)).unwrap_or(self.rest.len());
        self.cut(length).filter(|plain| !plain.is_empty())
    }

    /// A text with its quotes, and whether it has escapes.
    fn quoted(&mut self) -> Option<(&'a str, bool)> {
        let inner = self.rest.strip_prefix('"')?.as_bytes();
        let (mut at, mut escapes) = (0, false);
        loop {
            at += memchr2(b'"', b'\\', inner.get(at..)?)?;
            if inner.get(at) == Some(&b'"') {
                return self.cut(at + 2).map(|quoted| (quoted, escapes));
            }
            escapes = true;
            at += 2;
        }
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        let (quoted, escapes) = self.quoted()?;
        if escapes {
            return serde_json::from_str(quoted).ok().map(Cow::Owned);
        }
        quoted.strip_prefix('"')?.strip_suffix('"').map(Cow::Borrowed)
    }

    /// A value as it is written.
    fn skip(&mut self) -> Option<&'a str> {
        let begin = match self.peek()? {
            b'"' => return self.quoted().map(|(quoted, _)| quoted),
            b'[' | b'{' => self.rest,
            _ => return self.plain(),
        };
        let (mut depth, mut at) = (0_usize, 0);
        let bytes = begin.as_bytes();
        loop {
            match bytes.get(at)? {
                b'"' => {
                    self.rest = begin.get(at..)?;
                    at += self.quoted()?.0.len();
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                self.rest = begin;
                return self.cut(at);
            }
        }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(written) => {
                let raw: &RawValue =
                    serde_json::from_str(written).map_err(serde::ser::Error::custom)?;
                raw.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
        let mut found = None;
        each_member(object, |known, value| {
            if known == key {
                found = Some(value);
            }
        })?;
        found
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            r#"[a-c"\\/\u{0}-\u{1f}é😀{}\[\]:,]{0,6}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let key = r#"[a-b"\\}]{0,3}"#;
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn numbers_stay_as_they_were_written() {
        let written = r#"{"a":[1.50,-0,12345678901234567890123,1e400],"b":null}"#;
        let read = Json::read(written).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
        assert!(read.get("b").unwrap().is_null());
    }

    #[test]
    fn the_last_of_two_members_with_one_key_counts() {
        let written = r#" { "a" : 1 , "\u0061" : [ 2 , "]}\"" ] , "b" : "x" } "#;
        let member = |key: &str| member(written, key);
        assert_eq!(member("a"), Some(r#"[ 2 , "]}\"" ]"#));
        assert_eq!(member("b"), Some(r#""x""#));
        assert_eq!(member("c"), None);
        let read = Json::read(written).unwrap();
        assert_eq!(read.get("b"), Some(&Json::Text("x".into())));
        assert!(matches!(read.get("a"), Some(Json::List(_))));
    }

    #[test]
    fn items_are_looked_at_as_they_are_written() {
        let items = |written| {
            let mut items = Vec::new();
            let read = each_item(written, |item| {
                items.push(item);
                Some(())
            });
            read.map(|()| items)
        };
        assert_eq!(
            items(r#" [ 1 , {"a":"]"} ,[2, 3]] "#),
            Some(vec!["1", r#"{"a":"]"}"#, "[2, 3]"])
        );
        assert_eq!(items("[]"), Some(Vec::new()));
        assert_eq!(items("{}"), None);
        assert_eq!(each_item("[1,2]", |_| None), None);
    }

    #[test]
    fn what_is_too_deep_is_not_followed() {
        let deep = "[".repeat(100_000);
        assert_eq!(Json::read(&deep), None);
        assert_eq!(member(&format!("{{\"a\":{deep}"), "a"), None);
    }

    proptest! {
        #[test]
        fn it_reads_what_others_read(value in any_json()) {
            for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                // What the other reader makes of a number may differ from what was written.
                let value: Value = serde_json::from_str(&written).unwrap();
                let read = Json::read(&written).unwrap();
                let again: Value = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
                prop_assert_eq!(&again, &value);
                if let Value::Object(members) = &value {
                    for (key, inner) in members {
                        let found: Value = serde_json::from_str(member(&written, key).unwrap()).unwrap();
                        prop_assert_eq!(&found, inner);
                    }
                }
            }
        }

        #[test]
        fn what_is_no_json_does_no_harm(text in r#"[\[\]{},:"\\u0-9a-f .é-]{0,24}"#) {
            let _ = Json::read(&text);
            let _ = member(&text, "a");
        }
    }
}
