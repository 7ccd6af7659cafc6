//! Sentences about policies, their revisions, and groups that follow them.

use super::{Class, Refusal};

fn not_found(sentence: String) -> Refusal {
    Refusal::listed(Class::NotFound, sentence)
}

/// There is no such policy.
pub fn policy_not_found(policy: &str) -> Refusal {
    not_found(format!("policy '{policy}' not found"))
}

/// There is no such revision, or not even its policy.
pub fn revision_not_found(policy: &str, revision: &str) -> Refusal {
    not_found(format!("revision '{revision}' of policy '{policy}' not found"))
}

/// There is no such policy group.
pub fn group_not_found(group: &str) -> Refusal {
    not_found(format!("policy_group '{group}' not found"))
}

/// The group follows no revision of this policy, or one of both is not there.
pub fn not_in_group(policy: &str, group: &str) -> Refusal {
    not_found(format!("Cannot load policy {policy} in policy group {group}"))
}

/// The policy has a revision of this id.
pub fn revision_taken(policy: &str, revision: &str) -> Refusal {
    let sentence = format!("Policy '{policy}' with revision_id '{revision}' already exists.");
    Refusal::listed(Class::Conflict, sentence)
}
