//! Sentences about sandboxes.

use super::{Class, Refusal};
use crate::content::Md5;

/// The checksums are none, are not all MD5s, or do not all have the value `null`.
pub fn bad_checksums() -> Refusal {
    Refusal::listed(Class::Invalid, "Bad checksums!")
}

/// A commit that does not say that it is one. The original's sentence, although the field is
/// `is_completed`.
pub fn not_completed() -> Refusal {
    let sentence = "JSON body must contain key '\"complete\"' with value 'true'.";
    Refusal::listed(Class::Invalid, sentence)
}

/// There is no such sandbox, or it was committed.
pub fn not_found(id: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("No such sandbox '{id}'."))
}

/// Not all of its contents are there yet.
pub fn incomplete(id: &str, missing: &[Md5]) -> Refusal {
    let missing: Vec<String> = missing.iter().map(Md5::to_string).collect();
    let sentence = format!(
        "Cannot update sandbox {id}: the following checksums have not been uploaded: {}",
        missing.join(", ")
    );
    Refusal::listed(Class::Unavailable, sentence)
}
