//! An object's JSON, as it was written.
//!
//! Attributes and items are their owner's: numbers and the order of keys stay as they are. So an
//! object is a text that is known to be a JSON object, and is looked into without being changed.

use std::borrow::Cow;

use pantry_model::Json;
use serde::de::IgnoredAny;

/// A JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    text: String,
}

/// A member of a JSON object.
pub(super) type Member<'a> = (Cow<'a, str>, Json<'a>);

impl Document {
    /// Reads it; an error says what is wrong, with line and column.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text =
            std::str::from_utf8(bytes).map_err(|error| format!("it is no UTF-8: {error}"))?;
        serde_json::from_str::<IgnoredAny>(text)
            .map_err(|error| format!("it is no JSON: {error}"))?;
        match Json::read(text) {
            Some(Json::Map(_)) => Ok(Self { text: text.to_owned() }),
            Some(_) => Err("it is no JSON object: `{` is expected at its beginning".to_owned()),
            None => Err("it is nested too deeply".to_owned()),
        }
    }

    /// From its members.
    pub(super) fn of(members: Vec<Member<'_>>) -> Self {
        // What was read as JSON can be written as JSON.
        Self { text: serde_json::to_string(&Json::Map(members)).unwrap_or_default() }
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Without needless white space.
    pub(super) fn compact(&self) -> String {
        serde_json::to_string(&self.json()).unwrap_or_default()
    }

    /// To be looked into.
    pub(super) fn json(&self) -> Json<'_> {
        Json::read(&self.text).unwrap_or_else(|| Json::Map(Vec::new()))
    }

    /// The members.
    pub(super) fn members(&self) -> Vec<Member<'_>> {
        match self.json() {
            Json::Map(members) => members,
            _ => Vec::new(),
        }
    }

    /// The text under a key.
    pub(super) fn text_at(&self, key: &str) -> Option<String> {
        match self.json().get(key) {
            Some(Json::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    /// For people: on several lines, with these keys first and those last.
    pub(super) fn pretty(&self, (first, last): (&[&str], &[&str])) -> String {
        let mut members = self.members();
        members.sort_by_key(|(key, _)| {
            let at = |keys: &[&str]| keys.iter().position(|known| known == key);
            let of_last = || at(last).map(|at| first.len() + 1 + at);
            at(first).or_else(of_last).unwrap_or(first.len())
        });
        serde_json::to_string_pretty(&Json::Map(members)).unwrap_or_default()
    }

    /// Whether both say the same, in whatever order.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        is_same(&self.json(), &other.json())
    }
}

fn is_same(one: &Json<'_>, other: &Json<'_>) -> bool {
    match (one, other) {
        (Json::Plain(one), Json::Plain(other)) => one == other,
        (Json::Text(one), Json::Text(other)) => one == other,
        (Json::List(one), Json::List(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Map(_), Json::Map(_)) => {
            let (one, other) = (sorted(one), sorted(other));
            one.len() == other.len()
                && one.iter().zip(&other).all(|((key, value), (other_key, other_value))| {
                    key == other_key && is_same(value, other_value)
                })
        }
        _ => false,
    }
}

/// The members in the order of their keys. Of a key that stands there twice, the last counts.
fn sorted<'j, 'a>(json: &'j Json<'a>) -> Vec<(&'j str, &'j Json<'a>)> {
    let Json::Map(members) = json else { return Vec::new() };
    let mut members: Vec<_> =
        members.iter().rev().map(|(key, value)| (key.as_ref(), value)).collect();
    members.sort_by_key(|(key, _)| *key);
    members.dedup_by_key(|(key, _)| *key);
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Document {
        Document::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_and_order_stay_as_they_are() {
        let text = r#"{"z":12345678901234567890123,"b":1.10,"id":"x","a":{"y":[],"x":1e3}}"#;
        let document = read(text);
        assert_eq!(document.compact(), text);
        assert_eq!(
            document.pretty((&["id"], &["z"])),
            "{\n  \"id\": \"x\",\n  \"b\": 1.10,\n  \"a\": {\n    \"y\": [],\n    \"x\": 1e3\n  },\n  \"z\": 12345678901234567890123\n}"
        );
        assert_eq!(document.text_at("id").as_deref(), Some("x"));
        assert_eq!(document.text_at("b"), None);
    }

    #[test]
    fn the_same_is_the_same_in_any_order() {
        let same = |one: &str, other: &str| read(one).is_same(&read(other));
        assert!(same(r#"{"a":1,"b":[1,{"c":2,"d":3}]}"#, r#"{"b":[1,{"d":3,"c":2}],"a":1}"#));
        assert!(same(r#"{"a":1,"a":2}"#, r#"{"a":2}"#));
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":2}"#),
            (r#"{"a":1}"#, r#"{"a":"1"}"#),
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#),
            (r#"{"a":null}"#, "{}"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_mistake_has_its_place() {
        let error = |text: &[u8]| Document::read(text).unwrap_err();
        assert!(error(b"{\n  \"a\": 1,\n}").contains("line 3 column 1"));
        assert!(error(b"[1]").contains("no JSON object"));
        assert!(error(b"{\"a\":\"\xff\"}").contains("UTF-8"));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(error(deep.as_bytes()).contains("deep"));
    }
}
