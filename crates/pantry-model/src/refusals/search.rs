//! Sentences about searches.

use std::fmt::Display;

use super::{Class, Refusal};

/// The query cannot be read, for a reason that begins at a character, the first of which is 1. The
/// original says no more than that.
pub fn invalid_query(query: &str, why: impl Display, character: usize) -> Refusal {
    let sentence = format!("invalid search query: '{query}' (at character {character}: {why})");
    Refusal::listed(Class::Invalid, sentence)
}

/// The query is empty.
pub fn empty_query() -> Refusal {
    Refusal::listed(Class::Invalid, "invalid search query: ''")
}

/// A parameter that is a number, 0 or more, is not.
pub fn invalid_number(parameter: &str, said: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("invalid '{parameter}' value: '{said}'"))
}

/// What is asked of each object is not a list of names for each name that is given.
pub fn invalid_partial_search() -> Refusal {
    Refusal::listed(Class::Invalid, "invalid partial search request body")
}

/// There is no such index: no kind of objects is called so, and no data bag.
pub fn no_such_index(name: &str) -> Refusal {
    let sentence = format!("I don't know how to search for {name} data objects.");
    Refusal::listed(Class::NotFound, sentence)
}

/// By its keys and values together an object would be found by more than this, in bytes.
pub fn too_many_terms(limit: usize) -> Refusal {
    let sentence = format!(
        "the keys that lead to each value, written out, must be no more than {limit} bytes: fewer \
         values, or shorter keys"
    );
    Refusal::listed(Class::TooLarge, sentence)
}
