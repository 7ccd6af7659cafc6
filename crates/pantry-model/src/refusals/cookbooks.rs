//! Sentences about cookbooks and their versions.

use super::{Class, Refusal};
use crate::content::Md5;
use crate::version::Version;

/// How much of a path or a name a sentence repeats, in characters.
const MAX_REPEATED: usize = 200;

fn invalid(sentence: impl Into<String>) -> Refusal {
    Refusal::listed(Class::Invalid, sentence)
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_REPEATED).collect()
}

/// There is no such cookbook.
pub fn not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("Cannot find a cookbook named {name}"))
}

/// There is no such version of a cookbook; `version` is what was asked for.
pub fn version_not_found(name: &str, version: &str) -> Refusal {
    let sentence = format!("Cannot find a cookbook named {name} with version {version}");
    Refusal::listed(Class::NotFound, sentence)
}

/// The path's version is none.
pub fn invalid_version(version: &str) -> Refusal {
    invalid(format!("Invalid cookbook version '{}'.", shortened(version)))
}

/// The path's name is none.
pub fn invalid_name(name: &str) -> Refusal {
    let name = shortened(name);
    invalid(format!(
        "Invalid cookbook name '{name}' using regex: 'Malformed cookbook name. Must only contain A-Z, \
         a-z, 0-9, _, . or -'."
    ))
}

/// A list of files holds something that is no file.
pub fn invalid_element(list: &str) -> Refusal {
    invalid(format!("Invalid element in array value of '{list}'."))
}

/// A file's path leads out of the cookbook, or is none.
pub fn invalid_path(list: &str, path: &str, limit: usize) -> Refusal {
    let path = shortened(path);
    invalid(format!(
        "Invalid path '{path}' in '{list}'. A path leads from the cookbook's folder to a file below it, \
         without '..', and has no more than {limit} bytes."
    ))
}

/// A new version has a file whose content this organization has not uploaded.
pub fn not_uploaded() -> Refusal {
    invalid("Manifest has a checksum that hasn't been uploaded.")
}

/// A version that is there would get a file whose content this organization has not uploaded.
pub fn checksum_not_uploaded(checksum: &str) -> Refusal {
    let checksum = shortened(checksum);
    invalid(format!("Manifest has checksum {checksum} but it hasn't yet been uploaded"))
}

/// The same, of a checksum that could be one.
pub fn md5_not_uploaded(checksum: &Md5) -> Refusal {
    checksum_not_uploaded(&checksum.to_string())
}

/// A version is frozen, and nobody has said that it is to be changed nevertheless.
pub fn frozen(name: &str, version: Version) -> Refusal {
    let sentence = format!(
        "The cookbook {name} at version {version} is frozen. Use the 'force' option to override."
    );
    Refusal::listed(Class::Conflict, sentence)
}

/// The number of versions that are asked for is none.
pub fn invalid_num_versions() -> Refusal {
    invalid("You have requested an invalid number of versions (x >= 0 || 'all')")
}
