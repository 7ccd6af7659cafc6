//! Sentences about shelves. They are ours: the original has none.
//!
//! None tells one application of another: whether a shelf is not there, or is there for others, is
//! said in the same words.

use super::{Class, Detail, Refusal};
use crate::content::Md5;
use crate::names::ApplicationName;
use crate::version::Version;

fn invalid(sentence: String) -> Refusal {
    Refusal::listed(Class::Invalid, sentence)
}

/// An application is no shelf.
pub fn not_a_shelf(name: &ApplicationName) -> Refusal {
    let sentence = format!(
        "'{name}' is not a shelf. An admin of it makes it one with `pantry shelf create {name}`."
    );
    Refusal::listed(Class::NotFound, sentence)
}

/// An application may not use this shelf, or there is none of this name.
pub fn not_granted(shelf: &ApplicationName, to: &ApplicationName) -> Refusal {
    let sentence = format!(
        "There is no shelf '{shelf}' that '{to}' may use. An admin of a shelf grants it with \
         `pantry shelf grant {shelf} {to}`."
    );
    Refusal::listed(Class::NotFound, sentence)
}

/// A grant is to a name that no application can have.
pub fn no_name_to_grant_to() -> Refusal {
    invalid("What a shelf is granted to must be the name of an application.".to_owned())
}

/// A shelf is not granted to this application.
pub fn no_grant(shelf: &ApplicationName, to: &str) -> Refusal {
    Refusal::listed(Class::NotFound, format!("The shelf '{shelf}' is not granted to '{to}'."))
}

/// A shelf is not among those of an application.
pub fn not_attached(shelf: &str, to: &ApplicationName) -> Refusal {
    Refusal::listed(Class::NotFound, format!("'{shelf}' is not among the shelves of '{to}'."))
}

/// A shelf is among those of an application already.
pub fn attached_already(shelf: &ApplicationName, to: &ApplicationName) -> Refusal {
    let sentence = format!("'{shelf}' is among the shelves of '{to}' already.");
    Refusal::listed(Class::Conflict, sentence)
}

/// An application cannot be a shelf of its own.
pub fn shelf_of_itself(name: &ApplicationName) -> Refusal {
    invalid(format!("'{name}' cannot be a shelf of its own."))
}

/// Shelves would be shelves of each other.
pub fn cycle(shelf: &ApplicationName, to: &ApplicationName) -> Refusal {
    invalid(format!(
        "'{to}' is itself among the shelves of '{shelf}', or of a shelf of that: shelves cannot be \
         shelves of each other."
    ))
}

/// An application has as many shelves as it may have.
pub fn too_many(limit: usize) -> Refusal {
    invalid(format!("An application can have no more than {limit} shelves."))
}

/// A new order leaves shelves out, or names others.
pub fn other_shelves(of: &ApplicationName) -> Refusal {
    invalid(format!("The new order must name each of the shelves of '{of}' once, and no other."))
}

/// The permissions on a cookbook, or on an artifact, that is only on a shelf were to be changed.
pub fn permissions_only_on_a_shelf(name: &str) -> Refusal {
    let sentence = format!(
        "{name} comes from a shelf of this organization. Who may read it here is said by the \
         permissions on the organization's container."
    );
    Refusal::listed(Class::Forbidden, sentence)
}

/// A version that is only on a shelf was to be deleted.
pub fn only_on_a_shelf(name: &str) -> Refusal {
    let sentence = format!(
        "This version of the cookbook {name} comes from a shelf of this organization, and can be \
         deleted only there."
    );
    Refusal::listed(Class::Forbidden, sentence)
}

/// An artifact that is only on a shelf was to be deleted.
pub fn artifact_only_on_a_shelf() -> Refusal {
    let sentence = "This cookbook artifact comes from a shelf of this organization, and can be deleted \
                    only there.";
    Refusal::listed(Class::Forbidden, sentence)
}

/// The caller may not read an application's cookbooks, or there is no such application.
pub fn unreadable(application: &str) -> Refusal {
    let sentence = format!(
        "You may not read the cookbooks of '{application}', or there is no such organization."
    );
    Refusal::listed(Class::Forbidden, sentence)
}

/// The caller may read an application's cookbooks, but not this one.
pub fn unreadable_cookbook(name: &str, of: &str) -> Refusal {
    let sentence = format!("You may not read the cookbook {name} of '{of}'.");
    Refusal::listed(Class::Forbidden, sentence)
}

/// Cookbooks were to be copied to where they are.
pub fn copied_to_itself(name: &ApplicationName) -> Refusal {
    invalid(format!("Cookbooks of '{name}' are on '{name}' already."))
}

/// A request names more than this many versions, or applications.
pub fn too_many_at_once(what: &str, limit: usize) -> Refusal {
    invalid(format!("No more than {limit} {what} can be named at once."))
}

/// What are to be versions of cookbooks, by name, are none.
pub fn invalid_cookbooks() -> Refusal {
    invalid(
        "Field 'cookbooks' must name cookbooks, each with a list of versions: {\"apt\":[\"1.0.0\"]}."
            .to_owned(),
    )
}

/// What are to be the names of several applications are none.
pub fn invalid_applications() -> Refusal {
    invalid(
        "Field 'applications' must be a list of the names of two or more organizations.".to_owned(),
    )
}

/// An application has no such version of a cookbook.
pub fn no_such_version(name: &str, version: Version, of: &str) -> Refusal {
    let sentence = format!("'{of}' has no cookbook named {name} with version {version}.");
    Refusal::listed(Class::NotFound, sentence)
}

/// Versions, each `NAME VERSION`, are on a shelf already, and are others there.
pub fn other_versions(versions: Vec<String>, on: &str) -> Refusal {
    let sentence = format!(
        "'{on}' has another content of {}: nothing was copied. What is there must be deleted first, or \
         a new version made.",
        versions.join(", ")
    );
    Refusal::detailed(Class::Conflict, sentence, vec![("cookbooks", Detail::List(versions))])
}

/// A file of a version has another content, under the same MD5, than one that the shelf has.
pub fn other_content(version: &str, md5: &Md5, on: &str) -> Refusal {
    let sentence = format!(
        "A file of {version} has the MD5 {md5}, under which '{on}' has another content: two contents \
         with one MD5 cannot be told apart, so nothing was copied."
    );
    Refusal::listed(Class::Conflict, sentence)
}

/// A version is another than it was when it was looked at.
pub fn changed_meanwhile(name: &str, version: Version, of: &str) -> Refusal {
    let sentence =
        format!("The cookbook {name} {version} of '{of}' has been changed meanwhile: look again.");
    Refusal::listed(Class::Conflict, sentence)
}

/// What a version needs is neither here nor there; the solver says why.
pub fn needs_unmet(version: &str, (from, to): (&str, &str), why: Refusal) -> Refusal {
    let sentence = format!(
        "What {version} needs cannot be had of '{from}' and '{to}' together: {}",
        why.sentence
    );
    Refusal::detailed(why.class, sentence, why.details)
}
