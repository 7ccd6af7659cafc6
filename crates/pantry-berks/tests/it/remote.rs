//! Manifests as servers send them, of which some do not mean well.

use pantry_berks::RemoteCookbook;
use proptest::prelude::*;
use serde_json::{Value, json};

const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn of(key: &str, paths: &[&str]) -> Value {
    let files: Vec<_> = paths
        .iter()
        .map(|path| json!({"path": path, "name": "x", "checksum": MD5, "url": "http://h/x?y"}))
        .collect();
    json!({"cookbook_name": "a", "version": "1.0.0", "metadata": {"name": "a"}, key: files})
}

fn read(document: &Value) -> Result<RemoteCookbook, String> {
    RemoteCookbook::read(document.to_string().as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn both_forms_are_read() {
    let cookbook = read(&of("all_files", &["recipes/default.rb", "b/c/d", "README.md"])).unwrap();
    let paths: Vec<_> = cookbook.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["README.md", "b/c/d", "recipes/default.rb"]);
    assert_eq!(cookbook.files[0].link, "http://h/x?y");
    let folders: Vec<_> = cookbook.folders().into_iter().collect();
    assert_eq!(folders, ["b", "b/c", "recipes"].map(std::path::PathBuf::from));
    let cookbook = read(&of("recipes", &["recipes/default.rb"])).unwrap();
    assert_eq!((cookbook.name.as_str(), cookbook.version.as_str()), ("a", "1.0.0"));
    assert_eq!(cookbook.files.len(), 1);
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    let long = "x/".repeat(1500);
    let deep = "x/".repeat(200) + "y";
    let name = "x".repeat(256);
    for (paths, reason) in [
        (vec!["../x"], "leads out"),
        (vec!["a/../../x"], "leads out"),
        (vec!["a/.."], "leads out"),
        (vec!["/etc/passwd"], "absolute"),
        (vec![""], "a name in its path is none"),
        (vec!["a//b"], "a name in its path is none"),
        (vec!["a/"], "a name in its path is none"),
        (vec!["./a"], "a name in its path is none"),
        (vec!["a\0b"], "signs in its path"),
        (vec!["..\\x"], "signs in its path"),
        (vec![&long], "too long"),
        (vec![&deep], "too many folders"),
        (vec![&name], "a name in its path is too long"),
        (vec!["a", "a"], "there twice"),
        (vec!["a", "a/b"], "what it is in is a file"),
        (vec!["a/b/c", "a/b"], "what it is in is a file"),
        (vec!["a-b", "a", "a/b"], "what it is in is a file"),
    ] {
        let error = read(&of("all_files", &paths)).unwrap_err();
        assert!(error.contains(reason), "{paths:?}: {error}");
        assert!(error.len() < 250, "{error}");
    }
}

#[test]
fn what_is_no_cookbook_says_why() {
    for (document, reason) in [
        (json!([]), "it has no `metadata`"),
        (json!({"metadata": []}), "its metadata: it is JSON, and no object"),
        (json!({"metadata": {}}), "it has no name"),
        (json!({"metadata": {"name": "a"}, "recipes": [1]}), "a file of it has no `path`"),
        (json!({"metadata": {"name": "a"}, "recipes": [{"path": "x"}]}), "no `checksum`"),
        (
            json!({"metadata": {"name": "a"}, "recipes": [{"path": "x", "checksum": "1"}]}),
            "the checksum of x",
        ),
        (
            json!({"metadata": {"name": "a"}, "recipes": [{"path": "x", "checksum": MD5}]}),
            "no `url`",
        ),
    ] {
        let error = read(&document).unwrap_err();
        assert!(error.contains(reason), "{document}: {error}");
    }
    assert!(RemoteCookbook::read(b"<html>").is_err());
}

proptest! {
    #[test]
    fn what_is_taken_stays_in_its_folder(path in r"[a./\x00é]{0,12}") {
        if let Ok(cookbook) = read(&of("all_files", &[&path])) {
            let place = std::path::Path::new("/c").join(&cookbook.files[0].path);
            let inside = place.components().skip(2);
            prop_assert!(place.starts_with("/c"));
            for name in inside {
                prop_assert!(matches!(name, std::path::Component::Normal(_)));
            }
        }
    }
}
