//! What is read of a version of a cookbook by whoever looks at many: what it depends on, and which
//! recipes it has. It is stored beside the version, so that lists, the universe and the solver need not
//! read the cookbooks themselves.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::Json;

/// What is read of a version by whoever looks at many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CookbookSummary<'a> {
    /// The names of cookbooks it depends on, in the order in which they were written, each with the
    /// constraint on its version: an operator, a space and the version as it was written.
    pub dependencies: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The names of its recipes, without `.rb`, in byte order.
    pub recipes: Vec<Cow<'a, str>>,
}

impl<'a> CookbookSummary<'a> {
    /// The summary in this stored form; `None` if it is none.
    pub fn read(stored: &'a [u8]) -> Option<Self> {
        let Json::Map(members) = Json::read(std::str::from_utf8(stored).ok()?)? else {
            return None;
        };
        let mut summary = Self::default();
        for (key, value) in members {
            match (key.as_ref(), value) {
                ("dependencies", Json::Map(written)) => {
                    let pairs = written.into_iter().map(|(name, constraint)| match constraint {
                        Json::Text(constraint) => Some((name, constraint)),
                        _ => None,
                    });
                    summary.dependencies = pairs.collect::<Option<_>>()?;
                }
                ("recipes", Json::List(written)) => {
                    let names = written.into_iter().map(|name| match name {
                        Json::Text(name) => Some(name),
                        _ => None,
                    });
                    summary.recipes = names.collect::<Option<_>>()?;
                }
                _ => return None,
            }
        }
        Some(summary)
    }

    /// The stored form.
    pub fn to_json(&self) -> Vec<u8> {
        // Maps and lists of texts can be written as JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Serialize for CookbookSummary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("dependencies", &Pairs(&self.dependencies))?;
        map.serialize_entry("recipes", &self.recipes)?;
        map.end()
    }
}

struct Pairs<'s, 'a>(&'s [(Cow<'a, str>, Cow<'a, str>)]);

impl Serialize for Pairs<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, constraint)| (name, constraint)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_reads_back() {
        let summary = CookbookSummary {
            dependencies: vec![("b".into(), ">= 1".into()), ("a".into(), "= 2.0.0".into())],
            recipes: vec!["default".into(), "\"é".into()],
        };
        let stored = summary.to_json();
        let text = r#"{"dependencies":{"b":">= 1","a":"= 2.0.0"},"recipes":["default","\"é"]}"#;
        assert_eq!(String::from_utf8(stored.clone()).unwrap(), text);
        assert_eq!(CookbookSummary::read(&stored), Some(summary));
        for bad in ["", "[]", r#"{"recipes":[1]}"#, r#"{"dependencies":{"a":[]}}"#, "\u{ff}"] {
            assert_eq!(CookbookSummary::read(bad.as_bytes()), None, "{bad}");
        }
    }
}
