//! A role, an environment or metadata in Ruby: whatever stands there, it is read or refused, within limits that
//! are counted, and a refusal points into the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_model::CookbookMetadata;
use pantry_ruby::{Error, FileKind, Files, Problem};
use pantry_ruby::{read_environment, read_metadata, read_role};

/// A folder with one file in it.
struct Folder;

impl Files for Folder {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, String> {
        assert!(!path.starts_with('/') && path.split('/').all(|name| name != ".."));
        if path == "README.md" { Ok(b"1.2.3\n".to_vec()) } else { Err("none".to_owned()) }
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        (path == "README.md").then_some(FileKind::File)
    }
}

fn told(error: &Error, source: &str) {
    assert_ne!(error.problem, Problem::Parser);
    assert!(error.line >= 1 && error.line <= source.matches('\n').count() + 1);
    assert!(!error.to_string().is_empty());
}

fuzz_target!(|source: &str| {
    for read in [read_role, read_environment] {
        match read("web.rb", source) {
            Ok(object) => assert!(object.contains_key("name")),
            Err(error) => told(&error, source),
        }
    }
    match read_metadata("metadata.rb", source, "/c", &Folder) {
        Ok(metadata) => {
            let again = CookbookMetadata::read(metadata.pretty().as_bytes()).unwrap();
            assert_eq!(again.pretty(), metadata.pretty());
        }
        Err(error) => told(&error, source),
    }
});
