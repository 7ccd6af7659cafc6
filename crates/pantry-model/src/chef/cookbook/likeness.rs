//! Whether two stored versions of a cookbook are the same to whoever uses them.
//!
//! What is stored of one depends on the tool that sent it: the order of its fields, in which form its
//! files are listed, whether what is empty is written at all, whether it is frozen. So what counts is
//! brought into one form: the metadata, and of each file its path and its content.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::manifest::{ALL_FILES, SEGMENTS};
use crate::content::{Md5, Sha256};
use crate::json::Json;

/// What counts of a stored version of a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// How many files it has.
    pub files: usize,
    /// The same for all that are the same: JSON.
    pub form: Vec<u8>,
}

#[derive(Serialize)]
struct InOneForm<'a> {
    metadata: &'a Json<'a>,
    /// Path, for which machines, and content.
    files: &'a BTreeSet<(&'a str, &'a str, String)>,
}

impl Likeness {
    /// Of a stored version that holds these contents. `None` if it cannot be read, or has a file whose
    /// content is not among them.
    pub fn of(stored: &[u8], contents: &BTreeMap<Md5, Sha256>) -> Option<Self> {
        let stored = Json::read(std::str::from_utf8(stored).ok()?)?;
        let mut metadata = sorted(stored.get("metadata")?.clone());
        if let Json::Map(members) = &mut metadata {
            members.retain(|(_, value)| !says_nothing(value));
        }
        let mut files = BTreeSet::new();
        for list in SEGMENTS.iter().chain(&[ALL_FILES]) {
            let Some(Json::List(entries)) = stored.get(list) else { continue };
            for entry in entries {
                let content = contents.get(&text(entry, "checksum")?.parse().ok()?)?;
                let specificity = text(entry, "specificity").unwrap_or_default();
                files.insert((text(entry, "path")?, specificity, content.to_string()));
            }
        }
        let form = serde_json::to_vec(&InOneForm { metadata: &metadata, files: &files }).ok()?;
        Some(Self { files: files.len(), form })
    }
}

fn text<'j>(of: &'j Json<'_>, key: &str) -> Option<&'j str> {
    match of.get(key)? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

fn says_nothing(value: &Json<'_>) -> bool {
    match value {
        Json::Plain(text) => *text == "null",
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Map(members) => members.is_empty(),
    }
}

/// The same with the keys of all objects in order, each once.
fn sorted(value: Json<'_>) -> Json<'_> {
    match value {
        Json::List(items) => Json::List(items.into_iter().map(sorted).collect()),
        Json::Map(members) => {
            // Of a key that stands there twice, the last value counts.
            let members: BTreeMap<_, _> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Json::Map(members.into_iter().collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000000000000000000000000001";
    const TWO: &str = "00000000000000000000000000000002";

    fn form(stored: &str) -> Option<Likeness> {
        let content = |md5: &str, number| (md5.parse().unwrap(), Sha256([number; 32]));
        Likeness::of(stored.as_bytes(), &BTreeMap::from([content(ONE, 1), content(TWO, 2)]))
    }

    fn file(list: &str, path: &str, md5: &str) -> String {
        format!(
            r#""{list}":[{{"name":"x","path":"{path}","checksum":"{md5}","specificity":"default"}}]"#
        )
    }

    #[test]
    fn what_differs_only_in_how_it_was_sent_is_the_same() {
        let one = format!(
            r#"{{"frozen?":true,"metadata":{{"version":"1.0.0","dependencies":{{"b":"> 1","a":"> 2"}},"license":"","groupings":{{}}}},{}}}"#,
            file("recipes", "recipes/a.rb", ONE),
        );
        let other = format!(
            r#"{{{},"metadata":{{"dependencies":{{"a":"> 2","b":"> 1"}},"version":"1.0.0","issues_url":null}},"frozen?":false,"version":"1.0.0"}}"#,
            file("all_files", "recipes/a.rb", ONE),
        );
        assert_eq!(form(&one).unwrap(), form(&other).unwrap());
        assert_eq!(form(&one).unwrap().files, 1);
        for (text, by) in [
            ("recipes/a.rb", "recipes/b.rb"),
            (ONE, TWO),
            ("> 2", "> 3"),
            ("\"default\"", "\"host\""),
            (r#""groupings":{}"#, r#""groupings":{"x":{}}"#),
        ] {
            assert_ne!(form(&one.replace(text, by)), form(&one), "{by}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_the_same_as_nothing() {
        let unheld = file("files", "a", "00000000000000000000000000000003");
        for bad in ["", "{}", r#"{"metadata":{},"files":[1]}"#, "[]"] {
            assert_eq!(form(bad), None, "{bad}");
        }
        assert_eq!(form(&format!(r#"{{"metadata":{{}},{unheld}}}"#)), None);
    }
}
