//! A role or an environment in Ruby: whatever stands there, it is read or refused, within limits that
//! are counted, and a refusal points into the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_ruby::{Problem, read_environment, read_role};

fuzz_target!(|source: &str| {
    for read in [read_role, read_environment] {
        match read("web.rb", source) {
            Ok(object) => assert!(object.contains_key("name")),
            Err(error) => {
                assert_ne!(error.problem, Problem::Parser);
                assert!(error.line >= 1 && error.line <= source.matches('\n').count() + 1);
                assert!(!error.to_string().is_empty());
            }
        }
    }
});
