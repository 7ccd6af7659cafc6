//! The files in `roles.txt` and `environments.txt` say what Chef's own classes were seen to make of
//! them on Ruby 3.1; `observe.rb` asks them again.

use pantry_ruby::{Error, Problem, read_environment, read_role};
use serde_json::{Map, Value};

type Read = fn(&str, &str) -> Result<Map<String, Value>, Error>;

fn check(cases: &str, read: Read) {
    let mut different = Vec::new();
    let mut count = 0;
    for case in cases.split("=== ").skip(1) {
        count += 1;
        let (title, rest) = case.split_once('\n').unwrap();
        let (source, answer) = rest.rsplit_once("---\n").unwrap();
        let said = read("observed.rb", source);
        let is_same = match answer.trim_end() {
            // Ruby's own word for it does not matter, but that it is not our shortcoming.
            refused if refused.starts_with("refused") => matches!(
                said.as_ref().map_err(|error| &error.problem),
                Err(Problem::Wrong(_) | Problem::Syntax(_) | Problem::Raised(_))
                    | Err(Problem::NoWord(_) | Problem::NoMethod { .. })
            ),
            json => said.as_ref().ok() == serde_json::from_str(json).ok().as_ref(),
        };
        if !is_same {
            let said = said.map(|object| Value::Object(object).to_string());
            let said = said.unwrap_or_else(|error| error.to_string());
            different.push(format!("{title}\n  Chef: {answer}  here: {said}"));
        }
    }
    assert!(count > 20, "only {count} cases were found");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn roles_say_what_chef_reads() {
    check(include_str!("roles.txt"), read_role);
}

#[test]
fn environments_say_what_chef_reads() {
    check(include_str!("environments.txt"), read_environment);
}
