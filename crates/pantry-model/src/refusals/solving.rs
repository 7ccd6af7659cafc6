//! Sentences about run lists that are to be solved: which versions of cookbooks fit together.
//!
//! Why none do is said by the solver, with the original's sentences and the same details.

use super::{Class, Detail, Refusal};

/// The environment of a run list does not exist. Nowhere else does the original say it so.
pub fn environment_not_found(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("environment '{name}' not found"))
}

/// What should be a run list is none.
pub fn invalid_run_list() -> Refusal {
    Refusal::listed(Class::Invalid, "Field 'run_list' is not a valid run list")
}

/// Nothing fits.
pub fn nothing_fits(sentence: String, details: Vec<(&'static str, Detail)>) -> Refusal {
    Refusal::detailed(Class::Unmet, sentence, details)
}

/// The caller may not read these cookbooks, which the answer would hold.
pub fn not_readable(cookbooks: Vec<String>) -> Refusal {
    let details = vec![("unauthorized_cookbooks", Detail::List(cookbooks))];
    let sentence = "Read permission is not granted for one or more cookbooks";
    Refusal::detailed(Class::Forbidden, sentence, details)
}

/// So many run lists wait to be solved that no more may.
pub fn overloaded() -> Refusal {
    let sentence = "Dependency solver overloaded. Try again later.";
    Refusal::listed(Class::Unavailable, sentence)
}
