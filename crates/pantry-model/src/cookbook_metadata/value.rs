//! JSON that keeps its order and belongs to nobody else.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;

use crate::Json;

/// A JSON value whose members are in the order in which they were written.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedJson {
    /// `null`, `true`, `false` or a number, as it is written.
    Plain(std::borrow::Cow<'static, str>),
    /// A text.
    Text(String),
    /// An array.
    List(Vec<OwnedJson>),
    /// An object, each key in it once.
    Map(Vec<(String, OwnedJson)>),
}

impl OwnedJson {
    /// `null`.
    pub const fn null() -> Self {
        Self::Plain(std::borrow::Cow::Borrowed("null"))
    }

    /// `true` or `false`.
    pub const fn bool(value: bool) -> Self {
        Self::Plain(std::borrow::Cow::Borrowed(if value { "true" } else { "false" }))
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Plain(plain) if plain == "null")
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_map(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(members) => Some(members),
            _ => None,
        }
    }

    /// A copy of what somebody else has. Of a key that stands there twice, the last value counts.
    pub(super) fn of(json: &Json<'_>) -> Self {
        match json {
            Json::Plain(plain) => Self::Plain((*plain).to_owned().into()),
            Json::Text(text) => Self::Text(text.to_string()),
            Json::List(elements) => Self::List(elements.iter().map(Self::of).collect()),
            Json::Map(members) => {
                Self::map(members.iter().map(|(key, value)| (key.to_string(), Self::of(value))))
            }
        }
    }

    /// An object of these, of which the last of a name counts, in the place of the first.
    pub fn map(members: impl Iterator<Item = (String, Self)>) -> Self {
        let mut places = std::collections::HashMap::new();
        let mut kept: Vec<(String, Self)> = Vec::new();
        for (key, value) in members {
            let place = *places.entry(key.clone()).or_insert(kept.len());
            match kept.get_mut(place) {
                Some((_, known)) => *known = value,
                None => kept.push((key, value)),
            }
        }
        Self::Map(kept)
    }
}

impl Serialize for OwnedJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(plain) => match RawValue::from_string(plain.to_string()) {
                Ok(raw) => raw.serialize(serializer),
                Err(error) => Err(serde::ser::Error::custom(error)),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(elements) => {
                let mut list = serializer.serialize_seq(Some(elements.len()))?;
                elements.iter().try_for_each(|element| list.serialize_element(element))?;
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
