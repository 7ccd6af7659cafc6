//! `metadata.json`, of whatever age.

use serde_json::value::RawValue;

use super::{CookbookMetadata, KEYS, OwnedJson};
use crate::Json;

/// A text that is no metadata.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMetadata {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Json(String),
    /// It is no object.
    #[error("it is JSON, and no object")]
    NoObject,
    /// A key has a value of a kind that it cannot have.
    #[error("its `{key}` is no {wanted}")]
    Kind {
        /// The key.
        key: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
}

impl CookbookMetadata {
    /// Reads a `metadata.json`. Keys that are not known (any more) are not kept. Of a dependency that
    /// has several constraints, as very old files have, none is kept: to follow only one of them would
    /// be wrong.
    pub fn read(text: &[u8]) -> Result<Self, InvalidMetadata> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let whole: &RawValue = serde_json::from_slice(text)
            .map_err(|error| InvalidMetadata::Json(error.to_string()))?;
        let unread = || InvalidMetadata::Json("it is nested too deeply".to_owned());
        Self::of(&Json::read(whole.get()).ok_or_else(unread)?)
    }

    /// The same from what is JSON already, such as the metadata in the manifest of a cookbook.
    pub fn of(json: &Json<'_>) -> Result<Self, InvalidMetadata> {
        if !matches!(json, Json::Map(_)) {
            return Err(InvalidMetadata::NoObject);
        }
        let mut metadata = Self::default();
        for key in KEYS {
            let Some(said) = json.get(key) else { continue };
            let said = OwnedJson::of(said);
            let kind = |wanted| InvalidMetadata::Kind { key, wanted };
            metadata.set(
                key,
                match (key, said) {
                    ("dependencies", OwnedJson::Map(members)) => OwnedJson::Map(
                        members.into_iter().map(|(name, said)| (name, constraint(said))).collect(),
                    ),
                    ("dependencies", _) => return Err(kind("object")),
                    ("chef_versions" | "ohai_versions", OwnedJson::List(lines)) => {
                        OwnedJson::List(lines.into_iter().map(sorted).collect())
                    }
                    ("chef_versions" | "ohai_versions", _) => return Err(kind("array")),
                    ("version", said @ OwnedJson::Text(_)) => said,
                    ("version", said) if said.is_null() => OwnedJson::text(""),
                    ("version", _) => return Err(kind("text")),
                    (_, said) => said,
                },
            );
        }
        Ok(metadata)
    }
}

fn constraint(said: OwnedJson) -> OwnedJson {
    match said {
        OwnedJson::List(mut constraints) if constraints.len() == 1 => {
            constraints.pop().unwrap_or(OwnedJson::null())
        }
        OwnedJson::List(_) => OwnedJson::List(Vec::new()),
        said if said.is_null() => OwnedJson::List(Vec::new()),
        said => said,
    }
}

/// The requirements of one line, sorted as texts.
fn sorted(line: OwnedJson) -> OwnedJson {
    match line {
        OwnedJson::List(mut requirements) => {
            requirements.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
            OwnedJson::List(requirements)
        }
        other => OwnedJson::List(vec![other]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_files_are_read_as_what_they_mean_today() {
        let old = r#"{"name":"a","dependencies":{"b":["~> 1.0"],"c":["> 1","< 2"],"d":[],"e":null,
            "f":">= 0.0.0"},"attributes":{"x":1},"groupings":{},"recommendations":{"z":[]},
            "chef_versions":[[">= 12.5","< 14"]],"version":"1.0.0","version":"1.0.1"}"#;
        let metadata = CookbookMetadata::read(old.as_bytes()).unwrap();
        let json = serde_json::to_value(&metadata).unwrap();
        assert_eq!(
            json["dependencies"],
            serde_json::json!({"b": "~> 1.0", "c": [], "d": [], "e": [], "f": ">= 0.0.0"})
        );
        assert_eq!(json["chef_versions"], serde_json::json!([["< 14", ">= 12.5"]]));
        assert!(json.get("attributes").is_none() && json.get("recommendations").is_none());
        assert_eq!((metadata.name(), metadata.version()), (Some("a"), "1.0.1"));
        assert_eq!(metadata.dependencies().next(), Some(("b", "~> 1.0")));
        assert_eq!(metadata.dependencies().nth(1), Some(("c", ">= 0.0.0")));
    }

    #[test]
    fn what_is_none_is_told() {
        for (text, said) in [
            ("", "no JSON"),
            ("{", "no JSON"),
            ("[]", "no object"),
            (r#"{"dependencies":[]}"#, "its `dependencies` is no object"),
            (r#"{"chef_versions":"1"}"#, "its `chef_versions` is no array"),
            (r#"{"version":1}"#, "its `version` is no text"),
        ] {
            let error = CookbookMetadata::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        let deep = format!(r#"{{"gems":{}{}}}"#, "[".repeat(500), "]".repeat(500));
        assert!(CookbookMetadata::read(deep.as_bytes()).is_err());
    }
}
