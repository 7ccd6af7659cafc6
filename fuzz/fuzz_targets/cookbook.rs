//! What others say of cookbooks: `metadata.json`, a server's manifest, `chefignore`.
//!
//! Metadata that was read is written as what reads the same. A file of a manifest that was taken stays
//! in its folder. A pattern comes to an end.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use pantry_berks::{Chefignore, RemoteCookbook};
use pantry_model::CookbookMetadata;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(metadata) = CookbookMetadata::read(bytes) {
        let written = metadata.pretty();
        let again = CookbookMetadata::read(written.as_bytes()).unwrap();
        assert_eq!(again.pretty(), written);
    }
    if let Ok(cookbook) = RemoteCookbook::read(bytes) {
        for file in &cookbook.files {
            let path = Path::new(&file.path);
            assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            assert!(path.components().count() == file.path.split('/').count());
        }
        let folders = cookbook.folders();
        assert!(cookbook.files.iter().all(|file| !folders.contains(Path::new(&file.path))));
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some((pattern, path)) = text.split_once('\n') {
        Chefignore::read(pattern).leaves_out(path);
    }
});
