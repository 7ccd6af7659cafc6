//! A universe from a file, as `/universe` of a Supermarket, a Chef server or a mirror gives it:
//! `{NAME: {VERSION: {"dependencies": {NAME: CONSTRAINT}, …}}}`.
//!
//! Real ones hold what nobody would write today: versions of one number, constraints that are empty or
//! an empty list, blanks at odd places. What can be understood is; a version that cannot be, or that
//! asks for what cannot be, is left out and said to be.

use std::path::Path;

use pantry_model::{Constraint, Json, Version};
use pantry_solver::Universe;

use crate::errors::CliError;

/// What was left out, and why.
pub(super) struct LeftOut(pub(super) Vec<String>);

/// Reads a universe.
pub(super) fn read(path: &Path) -> Result<(Universe, LeftOut), CliError> {
    let text = super::text_of(path)?;
    let bad = |reason: String| CliError::BadObject { path: path.to_owned(), reason };
    let (universe, left_out) = read_universe(&text).map_err(bad)?;
    Ok((universe, LeftOut(left_out)))
}

/// Reads the text of a universe, or says why it is none; and what was left out of it, and why.
pub(in crate::commands) fn read_universe(text: &str) -> Result<(Universe, Vec<String>), String> {
    // The quick reader below trusts what it reads.
    serde_json::from_str::<serde::de::IgnoredAny>(text)
        .map_err(|error| format!("this is no JSON: {error}"))?;
    let cookbooks = match Json::read(text) {
        Some(Json::Map(cookbooks)) => cookbooks,
        _ => return Err("a universe is an object with cookbooks' names for keys".to_owned()),
    };
    let (mut builder, mut left_out) = (Universe::builder(), Vec::new());
    for (name, releases) in &cookbooks {
        let Json::Map(releases) = releases else {
            left_out.push(format!("{name}: its versions are no object"));
            continue;
        };
        for (version, release) in releases {
            match (version.parse::<Version>(), dependencies(release)) {
                (Ok(version), Ok(wanted)) => {
                    builder.add(name, version, wanted.iter().map(|(on, c)| (on.as_str(), *c)));
                }
                (Err(_), _) => left_out.push(format!("{name} {version}: this is no version")),
                (_, Err(why)) => left_out.push(format!("{name} {version}: {why}")),
            }
        }
    }
    Ok((builder.build(), left_out))
}

fn dependencies(release: &Json<'_>) -> Result<Vec<(String, Constraint)>, String> {
    let dependencies = match release.get("dependencies") {
        None | Some(Json::Plain("null")) => return Ok(Vec::new()),
        Some(Json::Map(dependencies)) => dependencies,
        Some(_) => return Err("its dependencies are no object".to_owned()),
    };
    let mut wanted = Vec::with_capacity(dependencies.len());
    for (name, constraint) in dependencies {
        // A dependency on a recipe is one on its cookbook.
        let cookbook = name.split("::").next().unwrap_or_default();
        let bad = || format!("{constraint:?} of {name} is no constraint");
        match constraint {
            Json::Plain("null") => wanted.push((cookbook.to_owned(), any())),
            Json::List(several) if several.is_empty() => wanted.push((cookbook.to_owned(), any())),
            Json::List(several) => {
                for one in several {
                    let Json::Text(text) = one else { return Err(bad()) };
                    wanted.push((cookbook.to_owned(), lenient(text).ok_or_else(bad)?));
                }
            }
            Json::Text(text) => {
                wanted.push((cookbook.to_owned(), lenient(text).ok_or_else(bad)?));
            }
            Json::Plain(_) | Json::Map(_) => return Err(bad()),
        }
    }
    Ok(wanted)
}

/// Any version.
fn any() -> Constraint {
    Constraint { comparison: pantry_model::Comparison::AtLeast, version: Version::default() }
}

/// A constraint as people write it: blanks where they like, `~` for `~>`, nothing for any version.
pub(in crate::commands) fn lenient(text: &str) -> Option<Constraint> {
    let text = text.trim();
    if text.is_empty() {
        return Some(any());
    }
    let at = text.find(|letter: char| letter.is_ascii_digit())?;
    let (operator, version) = text.split_at(at);
    let operator = match operator.trim() {
        "" => "=",
        "~" => "~>",
        operator => operator,
    };
    format!("{operator} {version}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_read_as_people_write_them() {
        for (text, read) in [
            ("", ">= 0.0.0"),
            ("1.0", "= 1.0.0"),
            ("= 1", "= 1.0.0"),
            (">=1.2", ">= 1.2.0"),
            (" >=  1.2.3 ", ">= 1.2.3"),
            ("~> 1.2", "~> 1.2"),
            ("~1.2.0", "~> 1.2.0"),
            ("< 20140106", "< 20140106.0.0"),
        ] {
            assert_eq!(lenient(text).unwrap().to_string(), read, "{text:?}");
        }
        for bad in ["x", "=> 1.0", "!= 1.0", ">= 1.0, < 2.0", "1.2.3.4", "1.0.0-rc1", ">="] {
            assert_eq!(lenient(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("universe.json");
        let text = r#"{
            "a": {"1": {"dependencies": {"b": [], "c::x": "", "d": null}}, "v2": {}, "3.0.0-rc1": {}},
            "b": {"1.0": {}, "2.0": {"dependencies": {"c": "=> 1.0"}}, "3.0": {"dependencies": 1}},
            "c": {"20140106": {"dependencies": {"b": [">= 1.0", "< 2.0"]}}},
            "d": []
        }"#;
        std::fs::write(&path, text).unwrap();
        let (universe, left_out) = read(&path).unwrap();
        assert_eq!((universe.cookbooks(), universe.versions()), (3, 3));
        let told: Vec<&str> = left_out.0.iter().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(told, ["a v2", "a 3.0.0-rc1", "b 2.0", "b 3.0", "d"]);
        for bad in ["", "[]", "{\"a\":", "nothing"] {
            std::fs::write(&path, bad).unwrap();
            assert!(read(&path).is_err(), "{bad}");
        }
    }
}
