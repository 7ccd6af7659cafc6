//! What cannot be read, and what is not to be.

use std::os::unix::ffi::OsStrExt as _;

use pantry_berks::{Chefignore, Cookbook, CookbookError, compile, limits};
use proptest::prelude::*;

use crate::folder::Folder;

const METADATA: (&str, &str) = ("metadata.rb", "name 'a'\nversion '1.0.0'\n");

fn refused(folder: &Folder) -> CookbookError {
    Cookbook::load(&folder.path()).unwrap_err()
}

#[test]
fn metadata_reads_no_file_that_a_link_leads_to_outside() {
    let folder = Folder::of([
        ("metadata.rb", "name 'a'\ndescription IO.read('secret')\n"),
        ("lib/x", "1.0.0\n"),
    ]);
    let outside = folder.path().parent().unwrap().join("outside");
    std::fs::write(&outside, "secret").unwrap();
    folder.link("secret", &outside);
    let error = refused(&folder).to_string();
    assert!(error.contains("`secret` cannot be read: it leads out of the cookbook"), "{error}");
    folder.link("up", "..");
    folder.write("metadata.rb", "name 'a'\ndescription IO.read('up/outside')\n");
    let error = refused(&folder).to_string();
    assert!(error.contains("leads out of the cookbook"), "{error}");
    folder.write("metadata.rb", "name 'a'\ndescription File.exist?('up/outside').to_s\n");
    let cookbook = Cookbook::load(&folder.path()).unwrap();
    assert_eq!(cookbook.metadata.get("description").as_text(), Some("false"));
    // A link within it is as good as a file.
    folder.link("VERSION", "lib/x");
    folder.write("metadata.rb", "name 'a'\nversion IO.read('VERSION')\n");
    assert_eq!(Cookbook::load(&folder.path()).unwrap().version(), "1.0.0");
}

#[test]
fn a_folder_that_is_no_cookbook_says_why() {
    let folder = Folder::of([]);
    let error = Cookbook::load(&folder.path().join("none")).unwrap_err();
    assert!(matches!(error, CookbookError::NoFolder { .. }), "{error}");
    assert!(matches!(refused(&folder), CookbookError::NoMetadata { .. }));
    folder.write("metadata.rb", "version '1.0.0'\n");
    assert!(matches!(refused(&folder), CookbookError::NoName { .. }));
    folder.write("metadata.rb", "name 'a b'\n");
    let error = refused(&folder).to_string();
    assert!(error.contains("`a b` is not a cookbook name"), "{error}");
    folder.write("metadata.rb", "name 'a'\nversion ENV['V']\n");
    let error = refused(&folder).to_string();
    assert!(error.contains("metadata.rb:2:9: `ENV` cannot be evaluated here"), "{error}");
    folder.write("metadata.json", "[]");
    let error = refused(&folder).to_string();
    assert!(error.contains("metadata.json is no metadata: it is JSON, and no object"), "{error}");
    // What the source says today counts when it is compiled.
    folder.write("metadata.rb", "name 'b'\n");
    assert_eq!(compile(&folder.path()).unwrap().name(), Some("b"));
}

#[test]
fn a_folder_has_limits() {
    let folder = Folder::of([METADATA]);
    let deep = "d/".repeat(limits::DEPTH + 2) + "x";
    folder.write(&deep, "");
    let error = refused(&folder).to_string();
    assert!(error.contains("beyond the limit of 100 folders inside each other"), "{error}");

    let folder = Folder::of([METADATA]);
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    std::fs::write(folder.path().join(name), "").unwrap();
    assert!(matches!(refused(&folder), CookbookError::NotUtf8 { .. }));

    let folder = Folder::of([METADATA]);
    let large = std::fs::File::create(folder.path().join("metadata.json")).unwrap();
    large.set_len(limits::METADATA_BYTES + 1).unwrap();
    let error = refused(&folder).to_string();
    assert!(error.contains("metadata.json goes beyond the limit of 4194304 bytes"), "{error}");
}

#[test]
fn a_chefignore_above_counts_unless_there_is_one_nearer() {
    let folder = Folder::of([METADATA, ("x.bak", ""), ("y.tmp", "")]);
    let above = folder.path().parent().unwrap().join("chefignore");
    std::fs::write(above, "*.bak\n").unwrap();
    let paths = || {
        let cookbook = Cookbook::load(&folder.path()).unwrap();
        cookbook.files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(), ["metadata.rb", "y.tmp"]);
    folder.write("chefignore", "*.tmp\n");
    assert_eq!(paths(), ["chefignore", "metadata.rb", "x.bak"]);
}

#[test]
fn many_files_have_their_own_sums() {
    let folder = Folder::of([METADATA]);
    for number in 0..500 {
        folder.write(&format!("files/{}/{number}", number % 7), &number.to_string());
    }
    let cookbook = Cookbook::load(&folder.path()).unwrap();
    assert_eq!(cookbook.files.len(), 501);
    assert!(cookbook.files.is_sorted_by(|a, b| a.path < b.path));
    let hundred = cookbook.files.iter().find(|file| file.path == "files/2/100").unwrap();
    assert_eq!(hundred.md5.to_string(), "f899139df5e1059396431415e770c6dd");
    assert_eq!(hundred.size, 3);
}

proptest! {
    #[test]
    fn a_pattern_without_signs_is_itself(text in "[a-z/]{1,8}", other in "[a-z/]{1,8}") {
        let ignore = Chefignore::read(&text);
        prop_assert!(ignore.leaves_out(&text));
        prop_assert_eq!(ignore.leaves_out(&other), text == other);
    }

    #[test]
    fn any_pattern_comes_to_an_end(lines in r"[\PC\n]{0,60}", path in r"\PC{0,30}") {
        Chefignore::read(&lines).leaves_out(&path);
    }
}
