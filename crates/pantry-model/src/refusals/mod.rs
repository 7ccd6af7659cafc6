//! What the Chef Server API answers instead of what was asked, sentence by sentence.
//!
//! Clients and the original's conformance suite compare these sentences to the letter, so each is
//! written once, here, in a function that says what happened: use cases read as prose
//! (`Err(users::not_found(&name).into())`), and one family's sentences stand beside each other.

pub mod acls;
pub mod associations;
pub mod chef_runs;
pub mod clients;
pub mod containers;
pub mod cookbook_artifacts;
pub mod cookbooks;
pub mod data_bags;
pub mod environments;
pub mod fields;
pub mod files;
pub mod groups;
pub mod keys;
pub mod nodes;
pub mod organizations;
pub mod policies;
pub mod request;
pub mod roles;
pub mod runs;
pub mod sandboxes;
pub mod search;
pub mod shelves;
pub mod solving;
pub mod supermarket;
pub mod users;

use std::fmt;

/// What kind of answer it is; a transport knows what that means to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The request itself is not in order.
    Invalid,
    /// Who asks is not who they say, or not known.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// This can never be done to that.
    NotAllowed,
    /// None of the forms of answer that the caller takes is one that there is.
    NotAcceptable,
    /// The name is taken, or the object is not in a state that allows it.
    Conflict,
    /// There used to be such a thing in older servers.
    Gone,
    /// What was sent is larger than a limit.
    TooLarge,
    /// What was sent is in a form that is not read.
    UnknownForm,
    /// The request could mean several things.
    Ambiguous,
    /// The request is in order, and what there is cannot meet it.
    Unmet,
    /// It cannot be done now; the same request may succeed later.
    Unavailable,
}

/// How the sentence is written in the answer's `error`: the original is not consistent, and its
/// clients have learned to live with that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `{"error":["sentence"]}`
    List,
    /// `{"error":"sentence"}`
    Text,
    /// `{"error":[{"message":"sentence", …}]}`, with the details.
    Object,
    /// `{"error_messages":["sentence"],"error_code":"…"}`, as a Supermarket writes it.
    Messages,
}

/// What is said beside a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A text.
    Text(String),
    /// Several.
    List(Vec<String>),
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of answer it is.
    pub class: Class,
    /// How the sentence is written.
    pub form: Form,
    /// The sentence.
    pub sentence: String,
    /// What is said beside it, by name, in order. Only an object has room for it.
    pub details: Vec<(&'static str, Detail)>,
}

impl Refusal {
    /// A refusal whose sentence is written in a list, as most are.
    pub fn listed(class: Class, sentence: impl Into<String>) -> Self {
        Self { class, form: Form::List, sentence: sentence.into(), details: Vec::new() }
    }

    /// A refusal whose sentence is written as it is.
    pub fn bare(class: Class, sentence: impl Into<String>) -> Self {
        Self { class, form: Form::Text, sentence: sentence.into(), details: Vec::new() }
    }

    /// A refusal whose sentence is written in an object, with what is said beside it.
    pub fn detailed(
        class: Class,
        sentence: impl Into<String>,
        details: Vec<(&'static str, Detail)>,
    ) -> Self {
        Self { class, form: Form::Object, sentence: sentence.into(), details }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
