//! Sentences about any request: who asks, what they may, and whether its body can be read.

use super::{Class, Refusal};
use crate::acl::Permission;
use crate::names::ApplicationName;

/// The caller lacks this permission on what it asked for.
pub fn missing_permission(permission: Permission) -> Refusal {
    Refusal::listed(Class::Forbidden, format!("missing {permission} permission"))
}

/// No user or API client of this name is known here.
pub fn unknown_actor(name: &str) -> Refusal {
    let sentence = format!(
        "Failed to authenticate as '{name}'. Ensure that your node_name and client key are correct."
    );
    Refusal::listed(Class::Unauthenticated, sentence)
}

/// None of the actor's keys made this signature.
pub fn invalid_signature(name: &str) -> Refusal {
    let sentence = format!("Invalid signature for user or client '{name}'");
    Refusal::listed(Class::Unauthenticated, sentence)
}

/// The request is too old or from the future.
pub fn clock_skew(name: &str) -> Refusal {
    let sentence = format!("Failed to authenticate as {name}. Synchronize the clock on your host.");
    Refusal::listed(Class::Unauthenticated, sentence)
}

/// There is no such organization.
pub fn no_such_organization(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("organization '{name}' does not exist."))
}

/// The user does not belong to the organization.
pub fn not_associated(user: &str, application: &ApplicationName) -> Refusal {
    let sentence = format!("'{user}' not associated with organization '{application}'");
    Refusal::listed(Class::Forbidden, sentence)
}

/// The caller takes no JSON.
pub fn not_acceptable() -> Refusal {
    Refusal::listed(Class::NotAcceptable, "answers are application/json, which `Accept` excludes")
}

/// The body does not say to be JSON.
pub fn not_json() -> Refusal {
    Refusal::listed(Class::UnknownForm, "the body's `Content-Type` must be application/json")
}

/// The body is larger than the limit, in bytes.
pub fn body_too_large(limit: usize) -> Refusal {
    Refusal::bare(Class::TooLarge, format!("JSON must be no more than {limit} bytes."))
}

/// The client says that it is of a version from before the oldest that is served.
pub fn client_too_old(oldest: u32, said: &str) -> Refusal {
    let said: String = said.chars().take(64).collect();
    let sentence = format!(
        "400 - Bad Request: Chef Client version {oldest} or higher required. Your version of Chef \
         is {said}."
    );
    Refusal::bare(Class::Invalid, sentence)
}

/// The body is no JSON.
pub fn invalid_json() -> Refusal {
    Refusal::listed(Class::Invalid, "invalid JSON")
}

/// The body is JSON, but no object.
pub fn wrong_json_type() -> Refusal {
    Refusal::listed(Class::Invalid, "Incorrect JSON type for request body")
}

/// A field that must be there is not; nested fields are written `metadata.version`.
pub fn field_missing(field: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("Field '{field}' missing"))
}

/// A field holds what it must not.
pub fn field_invalid(field: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("Field '{field}' invalid"))
}
