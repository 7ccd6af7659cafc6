//! What Chef's own loader was seen to make of the folders in `cookbooks.json`, and Ruby of the patterns
//! in `patterns.txt`; `observe.rb` asks them again.

use std::collections::BTreeMap;

use pantry_berks::{Chefignore, Cookbook, Manifest, Naming};
use serde::Deserialize;
use serde_json::Value;

use crate::folder::Folder;

#[derive(Deserialize)]
struct Case {
    title: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    links: BTreeMap<String, String>,
    refused: Option<String>,
    v0: Option<Value>,
    v2: Option<Value>,
}

#[test]
fn a_cookbook_is_sent_as_chef_sends_it() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cookbooks.json")).unwrap();
    assert!(cases.len() > 15);
    for case in cases {
        let folder =
            Folder::of(case.files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        for (path, target) in &case.links {
            folder.link(path, target);
        }
        let loaded = Cookbook::load(&folder.path());
        if case.title == "no metadata" {
            // Chef would name it as its folder, and give it the version 0.0.0.
            assert!(
                loaded.unwrap_err().to_string().contains("no metadata.rb and no metadata.json")
            );
            continue;
        }
        if let Some(refused) = case.refused {
            assert!(loaded.is_err(), "{}: {refused}", case.title);
            continue;
        }
        let cookbook = loaded.unwrap_or_else(|error| panic!("{}: {error}", case.title));
        for (version, answer) in [(0, case.v0), (1, None), (2, case.v2)] {
            let manifest = Manifest::new(&cookbook, Naming::Version, cookbook.is_frozen, version);
            if let Some(answer) = answer {
                let found = serde_json::to_value(&manifest).unwrap();
                let shown = serde_json::to_string_pretty(&found).unwrap();
                assert_eq!(found, answer, "{} in version {version}: {shown}", case.title);
            }
            let named = manifest.files().len();
            let listed = serde_json::to_string(&manifest).unwrap().matches("\"checksum\"").count();
            assert_eq!(named, listed, "{}", case.title);
        }
    }
}

#[test]
fn patterns_leave_out_what_they_leave_out_for_chef() {
    let text = include_str!("patterns.txt");
    let mut parts = text.split("---\n").map(|part| part.lines().collect::<Vec<_>>());
    let (patterns, paths) = (parts.next().unwrap(), parts.next().unwrap());
    let answers = parts.next().unwrap();
    assert!(patterns.len() > 40 && patterns.len() == answers.len());
    for (pattern, answers) in patterns.iter().zip(answers) {
        let ignore = Chefignore::read(&format!("\n # {pattern}\n\t{pattern} \n"));
        for (path, answer) in paths.iter().zip(answers.chars()) {
            assert_eq!(ignore.leaves_out(path), answer == '+', "{pattern:?} and {path:?}");
        }
    }
}
