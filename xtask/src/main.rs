//! What developers and continuous integration run: `cargo xtask VERB`.
//!
//! Plain Rust instead of shell scripts, so that it is the same everywhere, is itself tested, and
//! can say what to do when something fails. Each verb is one module; what they share is
//! [`workspace`] (where things are) and [`step`] (running something and telling how it went).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "telling is what it is for")]

mod agent_build;
mod arrows;
mod audit;
mod bench;
mod check;
mod demo;
mod install;
mod licences;
mod links;
mod sources;
mod step;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

/// Something that can be asked for.
struct Verb {
    name: &'static str,
    what: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "check",
        what: "formatting, lints, rustdoc, arrows, licences, the agent-only build [--fix]",
        run: check::run,
    },
    Verb {
        name: "test",
        what: "installs what is missing, then check and every test",
        run: test::run,
    },
    Verb {
        name: "demo",
        what: "starts a server and three clients, and shows the main job being done",
        run: demo::run,
    },
    Verb {
        name: "bench",
        what: "measures the release build beside a peer: [echo] [clients] [api] [store] [search] [--no-peer]",
        run: bench::run,
    },
    Verb {
        name: "audit",
        what: "asks an advisory database about every dependency (cargo-deny)",
        run: audit::run,
    },
];

fn help() -> String {
    let mut text = "Usage: cargo xtask VERB\n\nVerbs:\n".to_owned();
    for verb in VERBS {
        text.push_str(&format!("  {:<8}{}\n", verb.name, verb.what));
    }
    text
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprint!("there is no verb `{name}`\n\n{}", help());
        return ExitCode::from(2);
    };
    if rest.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("cargo xtask {}: {}", verb.name, verb.what);
        return ExitCode::SUCCESS;
    }
    match (verb.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Usage>() => {
            eprintln!("{error}\n\ncargo xtask {}: {}", verb.name, verb.what);
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A verb was given arguments that it does not take.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Refuses whatever is not one of `known`.
fn only(arguments: &[String], known: &[&str]) -> Result<()> {
    match arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(Usage(format!("unexpected argument `{unknown}`")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_verb_on_a_line_of_its_own() {
        for verb in VERBS {
            assert!(help().lines().any(|line| line.trim_start().starts_with(verb.name)));
        }
    }

    #[test]
    fn an_unknown_argument_is_an_error_of_usage() {
        let arguments = ["--fix".to_owned(), "--fast".to_owned()];
        assert!(only(&arguments, &["--fix", "--fast"]).is_ok());
        assert!(only(&arguments, &["--fix"]).unwrap_err().is::<Usage>());
    }
}
