//! Sentences about what stands in a body: keys that may not, values of the wrong kind.

use super::{Class, Refusal};

/// How much of what was sent a sentence repeats, in characters.
const MAX_REPEATED: usize = 1000;

fn invalid(sentence: String) -> Refusal {
    Refusal::listed(Class::Invalid, sentence)
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_REPEATED).collect()
}

/// Arrays and objects stand within each other more often than the limit.
pub fn nested_too_deeply(limit: usize) -> Refusal {
    invalid(format!("JSON must not be nested more than {limit} levels deep"))
}

/// Objects of this type have no such key.
pub fn unknown_key(key: &str) -> Refusal {
    invalid(format!("Invalid key {} in request body", shortened(key)))
}

/// A field that must hold an object holds something else.
pub fn not_a_hash(field: &str) -> Refusal {
    invalid(format!("Field '{field}' is not a hash"))
}

/// A field that must hold a run list holds something else.
pub fn not_a_run_list(field: &str) -> Refusal {
    invalid(format!("Field '{field}' is not a valid run list"))
}

/// A field that must hold a run list for each of several environments holds something else.
pub fn not_run_lists(field: &str) -> Refusal {
    invalid(format!("Field '{field}' contains invalid run lists"))
}

/// The object in a field has a key that it may not.
pub fn invalid_key_in(field: &str, key: &str) -> Refusal {
    invalid(format!("Invalid key '{}' for {field}", shortened(key)))
}

/// The object in a field has a value that it may not.
pub fn invalid_value_in(field: &str, value: &str) -> Refusal {
    invalid(format!("Invalid value '{}' for {field}", shortened(value)))
}

/// A field that must hold a version holds something else.
pub fn not_a_version(field: &str) -> Refusal {
    invalid(format!("Field '{field}' is not a valid version"))
}

/// A field must say the same as the path, which says something else. The sentence has them as the
/// original has them, the path's first.
pub fn not_as_in_path(field: &str, path: &str, said: &str) -> Refusal {
    invalid(format!("Field '{field}' invalid : {} does not match {said}", shortened(path)))
}

/// The body's name is another than the path's; `what` is the original's word for the type.
pub fn name_mismatch(what: &str) -> Refusal {
    invalid(format!("{what} name mismatch."))
}
