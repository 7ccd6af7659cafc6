//! Archives of cookbooks: whatever they are, no path of theirs leads out of where they are unpacked,
//! and they come to an end.
#![no_main]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use pantry_berks::{InvalidArchive, limits, read_archive};

fuzz_target!(|bytes: &[u8]| {
    let (mut paths, mut taken) = (BTreeSet::new(), 0);
    let read = read_archive(bytes, &mut |path: &str, content: &mut dyn Read| {
        assert!(Path::new(path).components().all(|part| matches!(part, Component::Normal(_))));
        assert!(paths.insert(path.to_owned()));
        taken += std::io::copy(content, &mut std::io::sink()).map_err(InvalidArchive::Broken)?;
        Ok(())
    });
    assert!(taken <= limits::UNPACKED_BYTES);
    if let Err(error) = read {
        assert!(!error.to_string().is_empty());
    }
});
