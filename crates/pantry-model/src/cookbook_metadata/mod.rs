//! What a cookbook says of itself: the content of `metadata.json`.
//!
//! A `metadata.rb` is evaluated elsewhere and becomes the same. The document that is written has the
//! keys, their order and the form that Chef's own compiler gives it, to the byte, since people compare
//! and commit these files; what is read may be of any age, and of any shape that JSON has.

mod pretty;
mod read;
mod value;

pub use read::InvalidMetadata;
pub use value::OwnedJson;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// The keys, in the order in which they are written.
const KEYS: [&str; 18] = [
    "name",
    "description",
    "long_description",
    "maintainer",
    "maintainer_email",
    "license",
    "platforms",
    "dependencies",
    "providing",
    "recipes",
    "version",
    "source_url",
    "issues_url",
    "privacy",
    "chef_versions",
    "ohai_versions",
    "gems",
    "eager_load_libraries",
];

/// The metadata of a cookbook. Every key has a value, be it the one that holds where nothing is said.
#[derive(Clone, Debug, PartialEq)]
pub struct CookbookMetadata([OwnedJson; KEYS.len()]);

impl Default for CookbookMetadata {
    /// That of a cookbook that says nothing.
    fn default() -> Self {
        Self(KEYS.map(|key| match key {
            "name" => OwnedJson::null(),
            "license" => OwnedJson::text("All rights reserved"),
            "version" => OwnedJson::text("0.0.0"),
            "platforms" | "dependencies" | "providing" | "recipes" => OwnedJson::Map(Vec::new()),
            "chef_versions" | "ohai_versions" | "gems" => OwnedJson::List(Vec::new()),
            "privacy" => OwnedJson::bool(false),
            "eager_load_libraries" => OwnedJson::bool(true),
            _ => OwnedJson::text(""),
        }))
    }
}

impl CookbookMetadata {
    /// The name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.get("name").as_text()
    }

    /// The version, as it is written there: `1.2.3`.
    pub fn version(&self) -> &str {
        self.get("version").as_text().unwrap_or("0.0.0")
    }

    /// The cookbooks that it needs, each with its constraint as it is written: `>= 1.0`. One that
    /// nothing is said of in a way that can be understood needs nothing of the version.
    pub fn dependencies(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.get("dependencies").as_map().unwrap_or_default();
        members
            .iter()
            .map(|(name, constraint)| (name.as_str(), constraint.as_text().unwrap_or(">= 0.0.0")))
    }

    /// The value of one of the keys; `null` for any other.
    pub fn get(&self, key: &str) -> &OwnedJson {
        static NULL: OwnedJson = OwnedJson::null();
        let at = KEYS.iter().position(|known| *known == key);
        at.and_then(|at| self.0.get(at)).unwrap_or(&NULL)
    }

    /// Gives one of the keys a value. Any other key is not kept.
    pub fn set(&mut self, key: &str, value: OwnedJson) {
        let at = KEYS.iter().position(|known| *known == key);
        if let Some(known) = at.and_then(|at| self.0.get_mut(at)) {
            *known = value;
        }
    }

    /// Adds the recipes that there are, as it is done when a cookbook is uploaded: each is among the
    /// recipes, with the description that it has or none, and among what is provided. They are named
    /// as a run list names them: the cookbook's name for the default recipe, else `cookbook::recipe`.
    pub fn provide(&mut self, recipes: impl IntoIterator<Item = String>) {
        for recipe in recipes {
            for (key, value) in [("recipes", ""), ("providing", ">= 0.0.0")] {
                let at = KEYS.iter().position(|known| *known == key);
                let Some(held) = at.and_then(|at| self.0.get_mut(at)) else { continue };
                if !matches!(held, OwnedJson::Map(_)) {
                    *held = OwnedJson::Map(Vec::new());
                }
                let OwnedJson::Map(members) = held else { continue };
                match members.iter_mut().find(|(known, _)| *known == recipe) {
                    // A description stays; that of what is provided does not.
                    Some((_, known)) if key == "providing" || known.is_null() => {
                        *known = OwnedJson::text(value);
                    }
                    Some(_) => {}
                    None => members.push((recipe.clone(), OwnedJson::text(value))),
                }
            }
        }
    }

    /// The members in their order.
    fn members(&self) -> impl Iterator<Item = (&str, &OwnedJson)> {
        KEYS.iter().copied().zip(&self.0)
    }
}

impl Serialize for CookbookMetadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(KEYS.len()))?;
        for (key, value) in self.members() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_are_added_once_and_keep_their_descriptions() {
        let text = r#"{"name":"a","recipes":{"a":"Installs"},"providing":{"a":"= 1.0","x":"= 2"}}"#;
        let mut metadata = CookbookMetadata::read(text.as_bytes()).unwrap();
        metadata.provide(["a".to_owned(), "a::b".to_owned()]);
        let json = serde_json::to_value(&metadata).unwrap();
        assert_eq!(json["recipes"], serde_json::json!({"a": "Installs", "a::b": ""}));
        let provided = serde_json::json!({"a": ">= 0.0.0", "x": "= 2", "a::b": ">= 0.0.0"});
        assert_eq!(json["providing"], provided);
    }
}
