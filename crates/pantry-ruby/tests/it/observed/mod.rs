//! The files in `roles.txt`, `environments.txt` and `metadata.txt` say what Chef's own classes were seen to make of
//! them on Ruby 3.1; `observe.rb` asks them again.

use pantry_model::CookbookMetadata;
use pantry_ruby::{Error, FileKind, Files, Problem};
use pantry_ruby::{read_environment, read_metadata, read_role};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

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
            refused if refused.starts_with("refused") => is_refusal(said.as_ref()),
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

/// Ruby's own word for it does not matter, but that it is not our shortcoming.
fn is_refusal<T>(said: Result<&T, &Error>) -> bool {
    matches!(
        said.map_err(|error| &error.problem),
        Err(Problem::Wrong(_) | Problem::Syntax(_) | Problem::Raised(_))
            | Err(Problem::NoWord(_) | Problem::NoMethod { .. })
    )
}

#[test]
fn roles_say_what_chef_reads() {
    check(include_str!("roles.txt"), read_role);
}

#[test]
fn environments_say_what_chef_reads() {
    check(include_str!("environments.txt"), read_environment);
}

/// The other files of each cookbook; `observe.rb` has the same.
const OTHERS: [(&str, &str); 4] = [
    ("README.md", "# A\n\nRead \"me\", é.\n"),
    ("VERSION", "2.4.6\n"),
    ("lib/version.txt", "7.8.9\n"),
    ("lib/lines.txt", "a\nb\r\nc"),
];

/// A cookbook's folder that is nowhere.
pub(crate) struct Nowhere;

impl Files for Nowhere {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, String> {
        let found = OTHERS.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| "it is not there".to_owned())
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        match path {
            "" | "lib" => Some(FileKind::Folder),
            path => OTHERS.iter().find(|(name, _)| *name == path).map(|_| FileKind::File),
        }
    }
}

fn metadata(source: &str) -> Result<CookbookMetadata, Error> {
    read_metadata("metadata.rb", source, "/cookbooks/observed", &Nowhere)
}

#[test]
fn metadata_says_what_chef_compiles() {
    let mut different = Vec::new();
    let mut count = 0;
    for case in include_str!("metadata.txt").split("=== ").skip(1) {
        count += 1;
        let (title, rest) = case.split_once('\n').unwrap();
        let (source, answer) = rest.rsplit_once("---\n").unwrap();
        let said = metadata(source);
        let is_same = match answer.trim_end().split_once(' ').unwrap() {
            ("refused:", _) => is_refusal(said.as_ref()),
            (sum, _) => said.as_ref().is_ok_and(|said| {
                let found = Sha256::digest(said.pretty().as_bytes());
                found.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == sum
            }),
        };
        if !is_same {
            let said = said.map(|said| serde_json::to_string(&said).unwrap());
            let said = said.unwrap_or_else(|error| error.to_string());
            different.push(format!("{title}\n  Chef: {answer}  here: {said}"));
        }
    }
    assert!(count > 120, "only {count} cases were found");
    assert!(different.is_empty(), "{}", different.join("\n"));
}
