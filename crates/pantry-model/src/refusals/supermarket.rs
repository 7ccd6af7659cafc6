//! What a shelf says as a Supermarket instead of what was asked. A Supermarket has a form of its own for
//! that, and a sentence for all that is not there.

use super::{Class, Form, Refusal};

fn message(class: Class, sentence: String) -> Refusal {
    Refusal { class, form: Form::Messages, sentence, details: Vec::new() }
}

/// There is no such thing, or none for whoever asks: no shelf, cookbook or version. It is one sentence
/// for all of them, so that nobody learns which shelves there are.
pub fn not_found() -> Refusal {
    message(Class::NotFound, "Resource does not exist.".to_owned())
}

/// A cookbook is too large to be made one file.
pub fn too_large(bytes: u64, limit: u64) -> Refusal {
    let sentence = format!(
        "The files of this cookbook are {bytes} bytes, and no more than {limit} are made one archive. \
         Its files can be had one by one from the organization's own API."
    );
    message(Class::TooLarge, sentence)
}

/// A number in the query is none, or too large.
pub fn invalid_number(name: &str) -> Refusal {
    message(Class::Invalid, format!("'{name}' must be a whole number."))
}

/// A version was changed while it was made one file.
pub fn changed() -> Refusal {
    message(Class::Unavailable, "This version was changed just now; ask again.".to_owned())
}
