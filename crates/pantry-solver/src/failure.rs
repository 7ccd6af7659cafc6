//! Why there is no answer, with the structure and the sentences of the original.

use std::fmt;

use pantry_model::Version;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::culprit::culprits;
use crate::paths;
use crate::problem::{Invalid, Problem};
use crate::request::{Item, Request};
use crate::universe::Id;

/// Why there is no answer. As JSON it is the object that a Chef server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Items of the run list name cookbooks that do not exist: their names, in the run list's order.
    NoSuchCookbooks(Vec<String>),
    /// Of cookbooks of the run list there are versions, but none that counts: the items.
    NoVersions(Vec<Item>),
    /// Each item could be met, but what they depend on does not fit together.
    Unsatisfiable {
        /// What cannot be had, why, and every way that leads there from the run list.
        message: Box<str>,
        /// The first item that cannot be met together with those before it.
        item: Item,
        /// The cookbooks that stand in the way and do not exist.
        non_existent: Vec<String>,
        /// The other cookbooks that stand in the way, each with its oldest version that counts and
        /// what that depends on.
        most_constrained: Vec<String>,
    },
    /// More versions would have to be tried than are tried. The original says so when its time is up.
    TooHard,
}

impl Failure {
    /// What an invalid request is.
    pub(crate) fn invalid(request: &Request, invalid: &Invalid) -> Self {
        let item = |position: &usize| request.run_list().get(*position).cloned();
        if invalid.missing.is_empty() {
            Self::NoVersions(invalid.without_versions.iter().filter_map(item).collect())
        } else {
            let missing = invalid.missing.iter().filter_map(item).map(|item| item.cookbook);
            Self::NoSuchCookbooks(missing.collect())
        }
    }

    /// What a problem without an answer is.
    pub(crate) fn unsatisfiable(problem: &Problem<'_>, request: &Request) -> Self {
        let Ok(found) = culprits(problem) else {
            return Self::TooHard;
        };
        let exists = |id: &Id| !problem.universe.span(*id).is_empty();
        let (there, missing): (Vec<Id>, Vec<Id>) = found.cookbooks.into_iter().partition(exists);
        let first = missing.first().or(there.first()).copied();
        let message = first
            .map(|first| paths::sentence(problem, request, found.item, first))
            .unwrap_or_default();
        let nothing = Item { cookbook: String::new(), version: None };
        Self::Unsatisfiable {
            message: message.into(),
            item: request.run_list().get(found.item).cloned().unwrap_or(nothing),
            non_existent: missing.iter().map(|id| problem.universe.name(*id).to_owned()).collect(),
            most_constrained: there.iter().map(|id| most_constrained(problem, *id)).collect(),
        }
    }

    /// The sentence.
    pub fn message(&self) -> String {
        let list = |one: &str, many: &str, names: &[String]| match names {
            [only] => format!("Run list contains invalid items: {one} {only}."),
            names => format!("Run list contains invalid items: {many} {}.", names.join(", ")),
        };
        match self {
            Self::NoSuchCookbooks(names) => list("no such cookbook", "no such cookbooks", names),
            Self::NoVersions(items) => list(
                "no versions match the constraints on cookbook",
                "no versions match the constraints on cookbooks",
                &texts(items),
            ),
            Self::Unsatisfiable { message, .. } => message.to_string(),
            // So it is spelt there.
            Self::TooHard => "unable to solve dependencies in alotted time".to_owned(),
        }
    }
}

fn texts(items: &[Item]) -> Vec<String> {
    items.iter().map(Item::to_string).collect()
}

/// `NAME = VERSION -> [DEPENDENCIES]`. The original writes nothing where an environment leaves no
/// version.
fn most_constrained(problem: &Problem<'_>, id: Id) -> String {
    let name = problem.universe.name(id);
    let oldest = problem.counting(id).next();
    let Some(release) = oldest.and_then(|oldest| problem.universe.release(id, oldest)) else {
        return format!("{name} = ");
    };
    let dependencies = release.dependencies.iter().map(|dependency| {
        let (on, operator, version): (Id, &str, Version) = dependency.key();
        format!("({} {operator} {version})", problem.universe.name(on))
    });
    let dependencies: Vec<String> = dependencies.collect();
    format!("{name} = {} -> [{}]", release.version, dependencies.join(", "))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("message", &self.message())?;
        let none: &[String] = &[];
        match self {
            Self::NoSuchCookbooks(names) => {
                object.serialize_entry("non_existent_cookbooks", names)?;
                object.serialize_entry("cookbooks_with_no_versions", none)?;
            }
            Self::NoVersions(items) => {
                object.serialize_entry("non_existent_cookbooks", none)?;
                object.serialize_entry("cookbooks_with_no_versions", &texts(items))?;
            }
            Self::Unsatisfiable { item, non_existent, most_constrained, .. } => {
                object.serialize_entry("unsatisfiable_run_list_item", &item.to_string())?;
                object.serialize_entry("non_existent_cookbooks", non_existent)?;
                object.serialize_entry("most_constrained_cookbooks", most_constrained)?;
            }
            Self::TooHard => {
                object.serialize_entry("non_existent_cookbooks", none)?;
                object.serialize_entry("most_constrained_cookbooks", none)?;
            }
        }
        object.end()
    }
}
