//! Sentences about users, and about signing in by password.

use super::{Class, Refusal};

/// There is no such user.
pub fn not_found(name: &str) -> Refusal {
    Refusal::bare(Class::NotFound, format!("Could not find user {name}"))
}

/// A new user's name, e-mail address or identity elsewhere is another's.
pub fn taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Username or email address already in use.")
}

/// The user has keys, which were not to be replaced.
pub fn has_keys(name: &str) -> Refusal {
    let sentence =
        format!("the user '{name}' has keys already; `--replace` puts new ones in their place");
    Refusal::listed(Class::Conflict, sentence)
}

/// What a user is to be called, or its new e-mail address or identity elsewhere, is another's.
pub fn renamed_to_taken(name: &str) -> Refusal {
    Refusal::listed(Class::Conflict, format!("User '{name}' already exists"))
}

/// The server itself needs this user under this name.
pub fn belongs_to_the_server(name: &str) -> Refusal {
    let sentence =
        format!("User '{name}' belongs to the server itself and cannot be renamed or deleted");
    Refusal::listed(Class::Forbidden, sentence)
}

/// What was sent is no e-mail address.
pub fn invalid_email() -> Refusal {
    Refusal::listed(Class::Invalid, "email must be valid")
}

/// A password is too short.
pub fn short_password() -> Refusal {
    Refusal::listed(Class::Invalid, "Password must have at least 6 characters")
}

/// Nothing was sent where a name and a password are expected.
pub fn no_credentials() -> Refusal {
    Refusal::listed(Class::Invalid, "invalid user authentication request")
}

/// The same, where someone is to be let in whose identity is elsewhere.
pub fn no_recovery_credentials() -> Refusal {
    Refusal::listed(Class::Invalid, "Invalid system recovery request")
}

/// There is no such user, or the password is another.
pub fn wrong_password() -> Refusal {
    Refusal::listed(
        Class::Unauthenticated,
        "Failed to authenticate: Username and password incorrect",
    )
}

/// The user is not to be let in by password, or there is no such user.
pub fn recovery_disabled() -> Refusal {
    Refusal::listed(Class::Forbidden, "System recovery disabled for this user")
}
