//! Sentences about reports of Chef runs: goiardi's, where it has them.

use super::{Class, Refusal};
use crate::chef::runs::RunId;

/// There is no such run.
pub fn not_found(id: &str) -> Refusal {
    let id: String = id.chars().take(64).collect();
    Refusal::listed(Class::NotFound, format!("Report {id} not found"))
}

/// A run with this id is another node's.
pub fn taken(id: RunId) -> Refusal {
    Refusal::listed(Class::Conflict, format!("Report {id} is of another node"))
}

/// The client speaks another version of the reporting protocol, or does not say which. To a client of
/// Chef's this means that it is not to report.
pub fn unsupported_protocol() -> Refusal {
    Refusal::listed(Class::NotAcceptable, "Unsupported reporting protocol version")
}

/// The body is said to be in a coding that is not known.
pub fn unknown_coding(coding: &str) -> Refusal {
    let coding: String = coding.chars().take(64).collect();
    let sentence = format!("the body's `Content-Encoding` must be gzip or identity, not {coding}");
    Refusal::listed(Class::UnknownForm, sentence)
}

/// The body is not what its coding says.
pub fn not_decoded() -> Refusal {
    Refusal::listed(Class::Invalid, "the body is not in the coding that `Content-Encoding` says")
}

/// The status that is asked for is none that there is.
pub fn unknown_status(status: &str) -> Refusal {
    let status: String = status.chars().take(64).collect();
    Refusal::listed(Class::Invalid, format!("invalid status {status}"))
}
