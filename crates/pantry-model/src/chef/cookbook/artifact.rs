//! A cookbook artifact that is put: a cookbook under an identifier, of which a server looks at less.
//!
//! Its version may be anything, and its metadata says what its author likes: only its names and its
//! files are checked.

use super::super::JsonObject;
use super::super::json_object::text;
use super::manifest::{ALL_FILES, Manifest, SEGMENTS};
use crate::content::Md5;
use crate::json::each_member;
use crate::names::{CookbookArtifactIdentifier, CookbookName};
use crate::refusals::{Refusal, cookbook_artifacts, fields};

/// A cookbook artifact that is to be stored.
#[derive(Clone, Debug)]
pub struct NewCookbookArtifact {
    name: CookbookName,
    identifier: CookbookArtifactIdentifier,
    object: JsonObject,
    manifest: Manifest,
}

impl NewCookbookArtifact {
    /// What is put under this name and identifier in the path.
    pub fn read(body: &[u8], (name, identifier): (&str, &str)) -> Result<Self, Refusal> {
        let object = JsonObject::read(body)?;
        let said_name = object.name::<CookbookName>("name")?;
        let said_identifier = object.name::<CookbookArtifactIdentifier>("identifier")?;
        for (field, path, said) in [
            ("name", name, said_name.as_str()),
            ("identifier", identifier, said_identifier.as_str()),
        ] {
            if path != said {
                return Err(fields::not_as_in_path(field, path, said));
            }
        }
        let lists = [&[ALL_FILES][..], &SEGMENTS].concat();
        let manifest = Manifest::read(&object, &lists)?;
        Ok(Self { name: said_name, identifier: said_identifier, object, manifest })
    }

    /// The artifact's name.
    pub fn name(&self) -> &CookbookName {
        &self.name
    }

    /// What it is known by.
    pub fn identifier(&self) -> &CookbookArtifactIdentifier {
        &self.identifier
    }

    /// The contents of its files, each once, in order.
    pub fn checksums(&self) -> Vec<Md5> {
        self.manifest.checksums.iter().copied().collect()
    }

    /// What is given for a file's checksum and cannot be one.
    pub fn no_checksum(&self) -> Option<&str> {
        self.manifest.no_checksum.as_deref()
    }

    /// The stored form.
    pub fn to_stored(&self) -> Vec<u8> {
        self.object.to_json()
    }
}

/// What an uploader may say of where an artifact comes from, besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ArtifactOrigin {
    /// Its version, in whatever form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_url: Option<String>,
    /// What it was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_id: Option<String>,
}

impl ArtifactOrigin {
    /// What a stored artifact says; what is no text says nothing.
    pub fn of(stored: &[u8]) -> Self {
        let mut origin = Self::default();
        let written = std::str::from_utf8(stored).unwrap_or_default();
        // An artifact that cannot be read says nothing either.
        let _ = each_member(written, |key, value| {
            let field = match key {
                "version" => &mut origin.version,
                "origin_url" => &mut origin.origin_url,
                "origin_id" => &mut origin.origin_id,
                _ => return,
            };
            *field = text(value).map(Into::into);
        });
        origin
    }
}

/// How many artifacts can be asked for at once.
pub const MAX_ARTIFACTS_AT_ONCE: usize = 1000;

/// Which artifacts are asked for at once: a map of names to identifiers, in its order.
#[derive(Clone, Debug)]
pub struct ArtifactsWanted(Vec<(CookbookName, CookbookArtifactIdentifier)>);

impl ArtifactsWanted {
    /// Reads the body of a request.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let object = JsonObject::read(body)?;
        if object.iter().count() > MAX_ARTIFACTS_AT_ONCE {
            return Err(cookbook_artifacts::too_many(MAX_ARTIFACTS_AT_ONCE));
        }
        let one = |(name, _): (&str, &str)| {
            let known =
                name.parse().map_err(|_| fields::invalid_key_in("cookbook_artifacts", name))?;
            Ok((known, object.name(name)?))
        };
        let all = object.iter().map(one).collect::<Result<_, _>>();
        all.map(Self)
    }

    /// The names and identifiers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, identifier)| (name.as_str(), identifier.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::refusals::request;

    fn refused(name: &str, identifier: &str, body: &Value) -> String {
        let body = serde_json::to_vec(body).unwrap();
        NewCookbookArtifact::read(&body, (name, identifier)).unwrap_err().sentence
    }

    #[test]
    fn only_names_and_files_are_checked() {
        let body = json!({
            "name": "a", "identifier": "x:1", "version": "1.2.3-beta.5+7", "whatever": [], "recipes": [],
        });
        let body = serde_json::to_vec(&body).unwrap();
        let artifact = NewCookbookArtifact::read(&body, ("a", "x:1")).unwrap();
        assert_eq!(artifact.to_stored(), body);
        let origin = ArtifactOrigin::of(&artifact.to_stored());
        assert_eq!(serde_json::to_value(origin).unwrap(), json!({ "version": "1.2.3-beta.5+7" }));
        for (name, identifier, body, sentence) in [
            ("a", "1", json!({}), "Field 'name' missing"),
            ("a", "1", json!({ "name": "a" }), "Field 'identifier' missing"),
            ("a@b", "1", json!({ "name": "a@b", "identifier": "1" }), "Field 'name' invalid"),
            ("a", "f@b", json!({ "name": "a", "identifier": "f@b" }), "Field 'identifier' invalid"),
            (
                "a",
                "1",
                json!({ "name": "b", "identifier": "2" }),
                "Field 'name' invalid : a does not match b",
            ),
            (
                "a",
                "1",
                json!({ "name": "a", "identifier": "2" }),
                "Field 'identifier' invalid : 1 does not match 2",
            ),
            (
                "a",
                "1",
                json!({ "name": "a", "identifier": "1", "files": [{}] }),
                "Invalid element in array value of 'files'.",
            ),
        ] {
            assert_eq!(refused(name, identifier, &body), sentence, "{body}");
        }
        let long = "i".repeat(256);
        let body = json!({ "name": "a", "identifier": long });
        assert_eq!(refused("a", &long, &body), "Field 'identifier' invalid");
    }

    #[test]
    fn many_are_asked_for_by_name() {
        let read = |body: &str| ArtifactsWanted::read(body.as_bytes());
        let wanted = read(r#"{"b":"1","a":"2"}"#).unwrap();
        assert!(wanted.iter().eq([("b", "1"), ("a", "2")]));
        assert_eq!(read("[]").unwrap_err(), request::wrong_json_type());
        assert_eq!(read(r#"{"a":1}"#).unwrap_err(), request::field_invalid("a"));
        assert!(read(r#"{"a b":"1"}"#).is_err());
        let many: Value = (0..1001).map(|n| (format!("c{n}"), json!("1"))).collect();
        let many = read(&many.to_string()).unwrap_err();
        assert_eq!(many, cookbook_artifacts::too_many(MAX_ARTIFACTS_AT_ONCE));
    }
}
