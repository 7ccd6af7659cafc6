//! A JSON object as it was sent: which keys it has, and for each the text of its value.
//!
//! Attributes of nodes, roles and environments and the contents of data bag items are their owner's,
//! and come back as they were sent: numbers of any size in the form in which they were written, keys
//! in their order. So only what a server must know is read, and all else stays text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::json_walk;
use crate::refusals::{Refusal, fields, request};
use crate::run_list::RunList;

/// A JSON object, in the order in which it was written. Of a key that stands there twice, the last
/// value counts.
#[derive(Clone, Default)]
pub struct JsonObject(Vec<(String, Box<RawValue>)>);

impl JsonObject {
    /// The object in a request's body.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| request::invalid_json())?;
        if !text.trim_ascii_start().starts_with('{') {
            json_walk::check(text, 1)?;
            return Err(request::wrong_json_type());
        }
        let object: Self = serde_json::from_str(text).map_err(|_| request::invalid_json())?;
        object.0.iter().try_for_each(|(_, value)| json_walk::check(value.get(), 2))?;
        Ok(object)
    }

    /// The bytes that are stored.
    pub fn to_json(&self) -> Vec<u8> {
        // Texts and what was JSON before can be written as JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The text of a field's value.
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == field).map(|(_, value)| value.get())
    }

    /// The keys and the texts of their values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.get()))
    }

    /// Gives a field a value: in its place, or at the end.
    pub(crate) fn set(&mut self, field: &str, value: &impl Serialize) {
        // What is set here are texts, and lists and maps of texts, which JSON can write.
        let value = to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned());
        match self.0.iter_mut().find(|(known, _)| known == field) {
            Some((_, old)) => *old = value,
            None => self.0.push((field.to_owned(), value)),
        }
    }

    /// Takes a field out.
    pub(crate) fn remove(&mut self, field: &str) {
        self.0.retain(|(known, _)| known != field);
    }

    /// Gives a field a value if it has none.
    pub(crate) fn fill(&mut self, field: &str, value: &impl Serialize) {
        if self.get(field).is_none() {
            self.set(field, value);
        }
    }

    /// Nothing if it has no other keys than these.
    pub(crate) fn only(&self, keys: &[&str]) -> Result<(), Refusal> {
        let unknown = self.0.iter().find(|(key, _)| !keys.contains(&key.as_str()));
        unknown.map_or(Ok(()), |(key, _)| Err(fields::unknown_key(key)))
    }

    /// A field's value, if it is a text.
    pub(crate) fn text(&self, field: &str) -> Result<Cow<'_, str>, Refusal> {
        let value = self.get(field).ok_or_else(|| request::field_missing(field))?;
        text(value).ok_or_else(|| request::field_invalid(field))
    }

    /// A field that must be there, as a name.
    pub(crate) fn name<T: TryFrom<String>>(&self, field: &str) -> Result<T, Refusal> {
        let text = self.text(field)?.into_owned();
        T::try_from(text).map_err(|_| request::field_invalid(field))
    }

    /// Nothing if a field that is there is a name.
    pub(crate) fn name_if_there<T: TryFrom<String>>(&self, field: &str) -> Result<(), Refusal> {
        self.get(field).map_or(Ok(()), |_| self.name::<T>(field).map(drop))
    }

    /// Nothing if a field holds exactly this.
    pub(crate) fn exactly(&self, field: &str, expected: &str) -> Result<(), Refusal> {
        if self.text(field)? == expected { Ok(()) } else { Err(request::field_invalid(field)) }
    }

    /// The object in a field.
    pub(crate) fn hash(&self, field: &str) -> Result<&str, Refusal> {
        let value = self.get(field).ok_or_else(|| request::field_missing(field))?;
        if is_object(value) { Ok(value) } else { Err(fields::not_a_hash(field)) }
    }

    /// The run list in a field.
    pub(crate) fn run_list(&self, field: &str) -> Result<RunList, Refusal> {
        let value = self.get(field).ok_or_else(|| request::field_missing(field))?;
        serde_json::from_str(value).map_err(|_| fields::not_a_run_list(field))
    }

    /// For an update, in which the name may be missing: gives the field the name that the path has.
    /// `what` is the original's word for the type.
    pub(crate) fn named_by_path(
        &mut self,
        field: &str,
        name: &str,
        what: &str,
    ) -> Result<(), Refusal> {
        match self.get(field).map(text) {
            None => self.set(field, &name),
            Some(Some(said)) if said == name => {}
            Some(_) => return Err(fields::name_mismatch(what)),
        }
        Ok(())
    }
}

/// The text that this JSON is.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0)
}

/// Whether this JSON, which is valid, is an object.
pub(crate) fn is_object(json: &str) -> bool {
    json.starts_with('{')
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secret.
        f.debug_list().entries(self.0.iter().map(|(key, _)| key)).finish()
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = JsonObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
        let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
        let mut places = HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
            let place = *places.entry(key.clone()).or_insert(members.len());
            match members.get_mut(place) {
                Some((_, old)) => *old = value,
                None => members.push((key, value)),
            }
        }
        Ok(JsonObject(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(body: &str) -> String {
        String::from_utf8(JsonObject::read(body.as_bytes()).unwrap().to_json()).unwrap()
    }

    #[test]
    fn what_was_sent_comes_back_as_it_was_written() {
        for body in [
            "{}",
            r#"{"b":1.10,"a":1E3,"big":123456789012345678901234567890,"é":"\u00e9 \/"}"#,
            r#"{"z":{"b": [1, 2.50],  "a":{"deep":-0}},"":null}"#,
        ] {
            assert_eq!(again(body), body);
        }
        assert_eq!(again(" \n{ \"a\" : 1 , \"b\":[ ] }\r\n"), r#"{"a":1,"b":[ ]}"#);
        assert_eq!(again(r#"{"a":1,"b":2,"\u0061":3}"#), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn what_is_no_object_is_told_from_what_is_no_json() {
        for body in [r#"["name","blah"]"#, "\"x\"", "-1", "9.9", "true", " null "] {
            let refused = JsonObject::read(body.as_bytes()).unwrap_err();
            assert_eq!(refused, request::wrong_json_type(), "{body}");
        }
        let bad: [&[u8]; 8] =
            [b"", b"{", b"{\"hi", b"[1", b"{} x", b"{\"a\":\xff}", b"{a:1}", b"{\"a\":1e999}"];
        for body in bad {
            assert_eq!(JsonObject::read(body).unwrap_err(), request::invalid_json());
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
        let refused = JsonObject::read(deep.as_bytes()).unwrap_err();
        assert_eq!(refused, fields::nested_too_deeply(json_walk::MAX_DEPTH));
    }

    #[test]
    fn many_keys_are_read_in_time() {
        let keys: Vec<String> = (0..200_000).map(|n| format!("\"{n:x}\":0")).collect();
        let body = format!("{{{}}}", keys.join(","));
        assert_eq!(again(&body), body);
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(body in r#"\{("[a-c]":(1|"x"|\[\]|\{\}),?){0,4}\}|.{0,20}"#) {
            let value = serde_json::from_str::<serde_json::Value>(&body);
            match JsonObject::read(body.as_bytes()) {
                Ok(object) => {
                    let again: serde_json::Value = serde_json::from_slice(&object.to_json()).unwrap();
                    prop_assert_eq!(again, value.unwrap());
                }
                Err(refused) if refused == request::invalid_json() => prop_assert!(value.is_err()),
                Err(_) => prop_assert!(!value.unwrap().is_object()),
            }
        }
    }
}
