//! Sentences about links to file contents, and about what is sent and fetched there. They are
//! Pantry's own: the original leaves files to another server.

use super::{Class, Refusal};
use crate::content::{Md5, Sha256};

/// The address lacks what makes it a link.
pub fn unsigned() -> Refusal {
    let sentence = "this address is of use only as a link that the server gave: it needs `expires` \
                    and `signature`";
    Refusal::listed(Class::Forbidden, sentence)
}

/// The server has not made this link.
pub fn forged() -> Refusal {
    let sentence = "this link was not made by this server, or was changed: its signature is wrong";
    Refusal::listed(Class::Forbidden, sentence)
}

/// The link's time is over.
pub fn expired() -> Refusal {
    let sentence = "this link has expired: ask the server for a new one";
    Refusal::listed(Class::Forbidden, sentence)
}

/// Nothing of the application holds this content any more.
pub fn not_found(content: &str) -> Refusal {
    let content: String = content.chars().take(64).collect();
    Refusal::listed(
        Class::NotFound,
        format!("no cookbook here has a file with the SHA-256 {content}"),
    )
}

/// What was sent has another MD5 than the link is for.
pub fn wrong_content(expected: &Md5, received: &Md5) -> Refusal {
    let sentence =
        format!("what was sent has the MD5 {received}, and this link is for the MD5 {expected}");
    Refusal::listed(Class::Invalid, sentence)
}

/// What was sent is not what `Content-MD5` says.
pub fn wrong_digest() -> Refusal {
    Refusal::listed(Class::Invalid, "what was sent does not have the MD5 that `Content-MD5` says")
}

/// `Content-MD5` is none.
pub fn invalid_digest() -> Refusal {
    Refusal::listed(
        Class::Invalid,
        "`Content-MD5` must be an MD5 in base64, which is 24 characters",
    )
}

/// The application has another content under this MD5.
pub fn collision(md5: &Md5, there: &Sha256) -> Refusal {
    let sentence = format!(
        "another content with the MD5 {md5} is kept here already (its SHA-256 is {there}): two \
         contents with one MD5 cannot be told apart, so this one is not taken"
    );
    Refusal::listed(Class::Conflict, sentence)
}

/// The upload is larger than the limit, in bytes.
pub fn too_large(limit: u64) -> Refusal {
    let sentence =
        format!("a file must be no more than {limit} bytes (`http.limits.max_upload_bytes`)");
    Refusal::listed(Class::TooLarge, sentence)
}
