//! Which versions are mirrored: those that are asked for, and what they depend on.

use std::str::FromStr;

use pantry_model::{Constraint, Json, Version};
use pantry_solver::{Item, Request};

use super::super::super::chef::solve::{Answer, NAMED, lenient, read_universe};
use crate::commands::Context;
use crate::errors::CliError;

/// A cookbook that is asked for: `NAME` or `NAME@CONSTRAINT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    item: Item,
    constraint: Option<Constraint>,
}

impl FromStr for Wanted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (name, constraint) = match text.split_once('@') {
            None => (text, None),
            Some((name, written)) => {
                let read = lenient(written).filter(|_| !written.trim().is_empty());
                let constraint = read.ok_or("a constraint is a version, or such as '~> 1.2'")?;
                (name, Some(constraint))
            }
        };
        let item: Item = name.parse().map_err(|_| "this is no cookbook's name")?;
        Ok(Self { item, constraint })
    }
}

/// A version that is mirrored, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) version: Version,
    /// As the source writes it.
    pub(super) written: String,
    /// What kind of place it is at, and where that is.
    pub(super) location_type: String,
    pub(super) location: String,
}

impl Chosen {
    /// What tells it from others.
    pub(super) fn id(&self) -> (String, Version) {
        (self.name.clone(), self.version)
    }
}

/// Chooses from a universe; if nothing fits, that is said, and there is nothing.
pub(super) fn choose(
    universe: &[u8],
    wanted: &[Wanted],
    context: &mut Context,
) -> Result<Option<Vec<Chosen>>, CliError> {
    let bad =
        |reason: String| CliError::Mirror { what: "the source's universe".to_owned(), reason };
    let text = std::str::from_utf8(universe).map_err(|error| bad(error.to_string()))?;
    let (all, left_out) = read_universe(text).map_err(bad)?;
    if !left_out.is_empty() {
        let named: Vec<&str> = left_out.iter().take(NAMED).map(String::as_str).collect();
        let count = left_out.len();
        let named = named.join("; ");
        context.print.note(&format!("{count} versions are left out of the source: {named}"));
    }
    let items = wanted.iter().map(|one| one.item.clone());
    let constraints = wanted.iter().filter_map(|one| Some((&one.item, one.constraint?)));
    let constraints = constraints.map(|(item, constraint)| (item.cookbook.clone(), constraint));
    let request = Request::new(items, constraints);
    let answer = Answer::to(&all, &request);
    let Some(solution) = answer.solution() else {
        if context.print.is_json() {
            context.print.json(&answer.as_json(false))?;
        } else {
            answer.print(context)?;
        }
        return Ok(None);
    };
    let places = Json::read(text).ok_or_else(|| bad("it is nested too deeply".to_owned()))?;
    let mut chosen = Vec::new();
    for (name, version) in solution {
        let place = place(&places, name, *version);
        chosen
            .push(place.ok_or_else(|| bad(format!("it does not say where {name} {version} is")))?);
    }
    Ok(Some(chosen))
}

fn place(universe: &Json<'_>, name: &str, version: Version) -> Option<Chosen> {
    let Json::Map(versions) = universe.get(name)? else { return None };
    // The first of those that are read alike is the one that was chosen.
    let (written, said) = versions.iter().find(|(written, _)| written.parse() == Ok(version))?;
    let text = |key: &str| match said.get(key) {
        Some(Json::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let location_type = text("location_type")?;
    let location = text("location_path").unwrap_or_default();
    let (name, written) = (name.to_owned(), written.to_string());
    Some(Chosen { name, version, written, location_type, location })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookbook_is_asked_for_by_its_name_and_perhaps_a_constraint() {
        for (text, name, constraint) in [
            ("nginx", "nginx", None),
            ("nginx@1.2", "nginx", Some("= 1.2.0")),
            ("nginx@~> 1.2", "nginx", Some("~> 1.2")),
            ("nginx@>=1", "nginx", Some(">= 1.0.0")),
        ] {
            let wanted: Wanted = text.parse().unwrap();
            assert_eq!(wanted.item.cookbook, name);
            assert_eq!(wanted.constraint.map(|it| it.to_string()).as_deref(), constraint, "{text}");
        }
        for bad in ["", "@1.0", "a@", "a@x", "a b", "a@1.0@2"] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn where_a_version_is_stands_beside_it() {
        let text = r#"{"a":{"1.0":{"location_type":"opscode","location_path":"https://h/api/v1"},
            "2.0.0":{"location_path":"x"}},"b":[]}"#;
        let universe = Json::read(text).unwrap();
        let found = place(&universe, "a", "1".parse().unwrap()).unwrap();
        assert_eq!((found.written.as_str(), found.location.as_str()), ("1.0", "https://h/api/v1"));
        assert_eq!(found.location_type, "opscode");
        for (name, version) in [("a", "2.0.0"), ("a", "3.0.0"), ("b", "1.0.0"), ("c", "1.0.0")] {
            assert_eq!(place(&universe, name, version.parse().unwrap()), None);
        }
    }
}
