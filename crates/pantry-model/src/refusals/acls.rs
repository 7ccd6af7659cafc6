//! Sentences about access control lists.

use super::{Class, Refusal};

/// There is no such permission, and so nothing at this path.
pub fn no_such_permission(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("there is no permission '{name}'"))
}

/// The body names something else than the permission that the path names.
pub fn unknown_key(key: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("Invalid key {key} in request body"))
}

/// Users and API clients are told apart, but one of the two lists is missing.
pub fn one_without_the_other(given: &str, missing: &str) -> Refusal {
    let sentence = format!(
        "You provided '{given}' with your request. Including this field also requires that you \
         provide '{missing}'"
    );
    Refusal::listed(Class::Invalid, sentence)
}

/// Users and API clients are told apart, and yet some are not.
pub fn actors_must_be_empty() -> Refusal {
    let sentence =
        "When providing 'users' and 'clients' fields, the 'actors' field must have a value of [].";
    Refusal::listed(Class::Invalid, sentence)
}

/// Only a superuser may leave an object without the admins' say over it.
pub fn admins_keep_grant() -> Refusal {
    Refusal::listed(Class::Forbidden, "Admin group cannot be removed from the Grant ACE")
}

/// These names are both a user's and an API client's.
pub fn ambiguous_actors(names: &[&str]) -> Refusal {
    let sentence = format!(
        "The following actor(s) exist as both clients and users within this organization: {}. To \
         perform this update, supply separate 'clients' and 'users' fields in your request, and use \
         an empty array for the value of 'actors'.",
        quoted(names)
    );
    Refusal::listed(Class::Ambiguous, sentence)
}

/// Users and API clients have no organization before their name.
pub fn scoped_actors(names: &[&str]) -> Refusal {
    let sentence = format!("Scoped actor names are not allowed in this context: {}", quoted(names));
    Refusal::listed(Class::Invalid, sentence)
}

/// These names are no API client's, and no member's of the organization.
pub fn unknown_actors(names: &[&str]) -> Refusal {
    let sentence = format!(
        "The actor(s) {} do not exist in this organization as clients or users.",
        quoted(names)
    );
    Refusal::listed(Class::Invalid, sentence)
}

/// These names are no user's, on an object that belongs to no organization.
pub fn unknown_global_actors(names: &[&str]) -> Refusal {
    let sentence = format!(
        "The actor(s) {} is not a valid user (clients are not allowed in this context).",
        quoted(names)
    );
    Refusal::listed(Class::Invalid, sentence)
}

/// These names are no user's.
pub fn unknown_users(names: &[&str]) -> Refusal {
    unknown("user", names)
}

/// These names are no user's, on an object that belongs to no organization.
pub fn unknown_global_users(names: &[&str]) -> Refusal {
    let sentence = match names {
        [_] => format!("The user {} does not exist.", quoted(names)),
        _ => format!("The users {} do not exist.", quoted(names)),
    };
    Refusal::listed(Class::Invalid, sentence)
}

/// These names are no API client's of the organization.
pub fn unknown_clients(names: &[&str]) -> Refusal {
    unknown("client", names)
}

/// API clients belong to an organization, and have no say over what belongs to none.
pub fn global_clients() -> Refusal {
    Refusal::listed(Class::Invalid, "Clients can not be added to global ACL entries.")
}

/// These names are no group's.
pub fn unknown_groups(names: &[&str]) -> Refusal {
    unknown("group", names)
}

fn unknown(what: &str, names: &[&str]) -> Refusal {
    let sentence = format!("The {what}(s) {} do not exist in this organization.", quoted(names));
    Refusal::listed(Class::Invalid, sentence)
}

/// There is no such group to have an access control list.
pub fn no_such_group(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("group '{name}' not found"))
}

/// There is no such cookbook artifact to have an access control list.
pub fn no_such_cookbook_artifact(name: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("cookbook artifact '{name}' not found"))
}

/// Objects of this kind have no access control list, or there is no such kind.
pub fn no_such_kind(kind: &str) -> Refusal {
    let sentence = format!("there are no objects of the kind `{kind}` with permissions");
    Refusal::listed(Class::Invalid, sentence)
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}
