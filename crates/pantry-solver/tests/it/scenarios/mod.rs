//! The scenarios in the TOML files beside this: a universe, what is asked of it, and what is answered.
//!
//! `"NAME VERSION" = ["NAME CONSTRAINT", …]` is a version with what it depends on, in order. An answer
//! is either a whole solution in its order, or the fields of the error that the scenario is about.

use pantry_solver::{Failure, Request, Solution, Universe, explain, solve};
use serde_json::{Value, json};

/// A universe as it is written in a scenario.
pub(crate) fn universe(table: &toml::Table) -> Universe {
    let mut builder = Universe::builder();
    for (release, dependencies) in table {
        let (name, version) = release.split_once(' ').unwrap();
        let dependencies = dependencies.as_array().unwrap().iter().map(|dependency| {
            let text = dependency.as_str().unwrap();
            let (on, constraint) = text.split_once(' ').unwrap_or((text, ">= 0.0.0"));
            (on, constraint.parse().unwrap())
        });
        builder.add(name, version.parse().unwrap(), dependencies);
    }
    builder.build()
}

/// What is asked in a scenario.
pub(crate) fn request(ask: &toml::Table) -> Request {
    let texts = |key: &str| {
        let texts = ask.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
        texts.into_iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let constraints = texts("constraints").into_iter().map(|text| {
        let (name, constraint) = text.split_once(' ').unwrap();
        (name.to_owned(), constraint.parse().unwrap())
    });
    Request::new(texts("run_list").iter().map(|item| item.parse().unwrap()), constraints)
}

fn shown(answer: &Result<Solution, Failure>) -> Value {
    match answer {
        Ok(solution) => {
            let chosen = solution.cookbooks().iter();
            json!(chosen.map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>())
        }
        Err(failure) => serde_json::to_value(failure).unwrap(),
    }
}

fn check(file: &str, text: &str) {
    let scenarios: toml::Table = text.parse().unwrap();
    let mut asked = 0;
    for (name, scenario) in &scenarios {
        let universe = universe(scenario["universe"].as_table().unwrap());
        for ask in scenario["ask"].as_array().unwrap() {
            asked += 1;
            let ask = ask.as_table().unwrap();
            let request = request(ask);
            let answer = solve(&universe, &request);
            let (shown, place) = (shown(&answer), format!("{file}: {name}: {request:?}"));
            if let Some(solution) = ask.get("solution") {
                assert_eq!(shown, serde_json::to_value(solution).unwrap(), "{place}");
                assert_eq!(explain(&universe, &request), Vec::<String>::new(), "{place}");
                continue;
            }
            assert!(answer.is_err(), "{place}: {shown}");
            for (field, value) in ask["error"].as_table().unwrap() {
                assert_eq!(shown[field], serde_json::to_value(value).unwrap(), "{place}: {field}");
            }
            if let Some(explanation) = ask.get("explanation") {
                let lines = json!(explain(&universe, &request));
                assert_eq!(lines, serde_json::to_value(explanation).unwrap(), "{place}");
            }
        }
    }
    assert!(asked > 0, "{file} asks nothing");
}

macro_rules! scenarios {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), include_str!(concat!(stringify!($name), ".toml")));
        })+
    };
}

scenarios! { answers conflicts environments invalid_run_lists newest sentences }
