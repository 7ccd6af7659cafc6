//! Sentences about the RSA keys of users and API clients.

use super::{Class, Refusal};

/// What the sentence about a wrong date says after the field's name. It contradicts the rule that
/// it reports (a `Z` must be there), and clients compare it.
const DATE_RULE: &str = "All dates must be a valid date in ISO8601 form of exactly \
    YYYY-MM-DDThh:mm:ss, eg 2099-02-28T01:00:00, or the string \"infinity\". All times are assumed \
    UTC, so do not include a Z on the end of your date.";

fn invalid_request(sentence: &str) -> Refusal {
    Refusal::listed(Class::Invalid, sentence)
}

/// What was sent as a public key is none.
pub fn invalid() -> Refusal {
    invalid_request("Public Key must be a valid key.")
}

/// A new pair is asked for as in version 0 of the API.
pub fn private_key_is_not_asked_for_so() -> Refusal {
    invalid_request("Please use create_key: true instead of private_key: true")
}

/// A key is sent, and another is asked for.
pub fn made_and_given() -> Refusal {
    invalid_request("You must specify either create_key or public_key, but not both")
}

/// No key is sent, and none is asked for.
pub fn neither_made_nor_given() -> Refusal {
    invalid_request(
        "You must either provide a valid value for 'public_key', or specify 'create_key': true",
    )
}

/// The keys of an actor are not changed with the actor. The space at its end is the original's.
pub fn have_their_own_endpoint() -> Refusal {
    invalid_request("Since Server API v1, all keys must be updated via the keys endpoint. ")
}

/// A field holds no date.
pub fn invalid_date(field: &str) -> Refusal {
    invalid_request(&format!("Field {field} is invalid. {DATE_RULE}"))
}

/// A change that changes nothing.
pub fn nothing_to_change() -> Refusal {
    let sentence = "At least one of 'name', 'expiration_date', or 'public_key' must be specified";
    Refusal::bare(Class::Invalid, sentence)
}

/// The actor has no key of this name.
pub fn not_found(owner: &str, key: &str) -> Refusal {
    Refusal::bare(Class::NotFound, format!("There is no key named {key} associated with {owner}."))
}

/// The actor has a key of this name.
pub fn taken(key: &str) -> Refusal {
    Refusal::bare(
        Class::Conflict,
        format!("a key with the name '{key}' already exists for this actor."),
    )
}

/// The key made the signature of the request that would change it.
pub fn in_use(key: &str) -> Refusal {
    let sentence = format!(
        "The key '{key}' was used to authenticate this request and cannot be modified or deleted."
    );
    Refusal::bare(Class::Forbidden, sentence)
}

/// Who may read public keys within an organization is a group, and the caller is not in it.
pub fn not_readable() -> Refusal {
    let sentence = "Requestor not found to be a member of group public_key_read_access which is \
        necessary for read access for this request.";
    Refusal::listed(Class::Forbidden, sentence)
}
