//! A stored version of a cookbook as a Supermarket tells of it: what its metadata says to people, and
//! which files it is made of.

use std::borrow::Cow;

use super::super::json_object::{JsonObject, text};
use super::manifest::{ALL_FILES, File, SEGMENTS};
use super::metadata::is_cookbook_name;
use crate::content::Md5;
use crate::json::{each_item, each_member};

/// A stored version of a cookbook.
#[derive(Clone, Debug)]
pub struct PublishedVersion<'a> {
    metadata: JsonObject,
    /// The files, in the order in which they are listed.
    pub files: Vec<PublishedFile<'a>>,
}

/// A file of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFile<'a> {
    /// Where it is put, below the cookbook's folder.
    pub path: Cow<'a, str>,
    /// Its content.
    pub md5: Md5,
}

/// What metadata says to people. What it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AboutCookbook {
    /// Who looks after it.
    pub maintainer: String,
    /// What it is for.
    pub description: String,
    /// Under which licence it is.
    pub license: String,
    /// Where its source is.
    pub source_url: String,
    /// Where its faults are told.
    pub issues_url: String,
    /// For which platforms it is: names and constraints.
    pub platforms: Vec<(String, String)>,
    /// What it depends on: names and constraints.
    pub dependencies: Vec<(String, String)>,
}

impl<'a> PublishedVersion<'a> {
    /// The version that is stored so; `None` if nothing of the kind is.
    pub fn read(stored: &'a [u8]) -> Option<Self> {
        let stored = std::str::from_utf8(stored).ok()?;
        let (mut metadata, mut lists) = (JsonObject::default(), Vec::new());
        let mut is_broken = false;
        each_member(stored, |key, value| match key {
            "metadata" => match JsonObject::read(value.as_bytes()) {
                Ok(object) => metadata = object,
                Err(_) => is_broken = true,
            },
            _ if key == ALL_FILES || SEGMENTS.contains(&key) => lists.push(value),
            _ => {}
        })?;
        let mut files = Vec::new();
        for list in lists {
            each_item(list, |item| {
                let File { path, checksum, .. } = File::read(item)?;
                files.push(PublishedFile { path, md5: checksum.parse().ok()? });
                Some(())
            })?;
        }
        (!is_broken).then_some(Self { metadata, files })
    }

    /// What it says to people.
    pub fn about(&self) -> AboutCookbook {
        let said = |field: &str| {
            let value = self.metadata.get(field).and_then(text);
            value.map(Cow::into_owned).unwrap_or_default()
        };
        AboutCookbook {
            maintainer: said("maintainer"),
            description: said("description"),
            license: said("license"),
            source_url: said("source_url"),
            issues_url: said("issues_url"),
            platforms: self.pairs("platforms"),
            dependencies: self.pairs("dependencies"),
        }
    }

    /// The texts by name in a field. One without an operator means just that version.
    fn pairs(&self, field: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let written = self.metadata.get(field).unwrap_or("{}");
        let read = each_member(written, |name, value| {
            if let Some(value) = text(value) {
                let is_full = value.contains(' ');
                let value = if is_full { value.into_owned() } else { format!("= {value}") };
                pairs.push((name.to_owned(), value));
            }
        });
        read.map_or_else(Vec::new, |()| pairs)
    }

    /// Its metadata as the file `metadata.json`, for a cookbook of this name that has none: a cookbook
    /// is read by it without Ruby.
    pub fn metadata_json(&self, name: &str) -> Vec<u8> {
        let mut metadata = self.metadata.clone();
        let said = metadata.get("name").and_then(text);
        if !said.is_some_and(|said| is_cookbook_name(&said)) {
            metadata.set("name", &name);
        }
        metadata.to_json()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stored(metadata: &Value, lists: &Value) -> Vec<u8> {
        let mut stored = json!({ "name": "a-1.0.0", "frozen?": false, "metadata": metadata });
        stored.as_object_mut().unwrap().extend(lists.as_object().unwrap().clone());
        stored.to_string().into_bytes()
    }

    fn file(path: &str) -> Value {
        let md5 = "0".repeat(32);
        json!({ "name": "x", "path": path, "checksum": md5, "specificity": "default" })
    }

    #[test]
    fn what_is_stored_is_told() {
        let metadata = json!({
            "name": "a", "version": "1.0.0", "maintainer": "Ann", "license": "MIT",
            "platforms": { "debian": ">= 12.0" }, "dependencies": { "b": "2", "c": "~> 1.0" },
            "attributes": { "description": "no" }, "issues_url": 5,
        });
        let lists = json!({ "recipes": [file("recipes/default.rb")], "root_files": [file("a b")] });
        let stored = stored(&metadata, &lists);
        let read = PublishedVersion::read(&stored).unwrap();
        let paths: Vec<_> = read.files.iter().map(|file| file.path.as_ref()).collect();
        assert_eq!(paths, ["recipes/default.rb", "a b"]);
        let about = read.about();
        assert_eq!((about.maintainer.as_str(), about.license.as_str()), ("Ann", "MIT"));
        assert_eq!((about.description.as_str(), about.issues_url.as_str()), ("", ""));
        assert_eq!(about.platforms, [("debian".to_owned(), ">= 12.0".to_owned())]);
        let dependencies = [("b", "= 2"), ("c", "~> 1.0")];
        assert_eq!(about.dependencies, dependencies.map(|(n, c)| (n.to_owned(), c.to_owned())));
        let written: Value = serde_json::from_slice(&read.metadata_json("a")).unwrap();
        assert_eq!(written, metadata);
    }

    #[test]
    fn a_cookbook_that_does_not_say_its_name_is_given_it() {
        let stored = stored(&json!({ "version": "1.0.0" }), &json!({ "all_files": [file("x")] }));
        let read = PublishedVersion::read(&stored).unwrap();
        let written: Value = serde_json::from_slice(&read.metadata_json("a")).unwrap();
        assert_eq!(written, json!({ "version": "1.0.0", "name": "a" }));
        for bad in ["", "[]", r#"{"metadata":[]}"#, r#"{"recipes":[1]}"#, "\u{ff}"] {
            assert!(PublishedVersion::read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
