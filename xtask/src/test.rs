//! `cargo xtask test`: what is missing is installed, then check, then every test.
//!
//! cargo-nextest runs them where it is installed; it has no doc tests, so those run apart. What
//! stands on a store runs a second time, on PostgreSQL.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, Result, bail};

use crate::step::shown;
use crate::tally::{self, Tally};
use crate::{check, only, workspace};

/// Says on which backend the tests stand that stand on any.
const BACKEND: &str = "PANTRY_TEST_STORE";

/// The crates whose integration tests stand on a store, whichever it is.
const ON_A_STORE: &[&str] = &["pantry-usecases", "pantry-http", "pantry-broker", "pantry"];

/// How to read the number of tests from a run.
type Count = fn(&str) -> Option<Tally>;

/// The verb.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    only(arguments, &[])?;
    check::run(&[])?;

    let mut succeeded = true;
    let mut total = Some(Tally::default());
    for (command, count) in runs(has_nextest()) {
        let (status, output) = run_aloud(command)?;
        succeeded &= status.success();
        total = total.zip(count(&output)).map(|(all, one)| all + one);
    }
    if let Some(Tally { passed, failed }) = total {
        // A run can fail without a failed test (it did not compile), never the other way round.
        succeeded &= failed == 0;
        println!("{passed} passed, {failed} failed");
    }
    if !succeeded {
        bail!("the tests failed; what failed is above");
    }
    Ok(())
}

fn runs(nextest: bool) -> Vec<(Command, Count)> {
    let with = |words: &[&str], backend: &str| {
        let mut command = workspace::cargo();
        // Colours would stand between us and the numbers.
        command.args(words).args(["--locked", "--no-fail-fast"]).env("CARGO_TERM_COLOR", "never");
        command.env(BACKEND, backend);
        command
    };
    if nextest {
        // All of the workspace, which is built already, and of that these.
        let packages = ON_A_STORE.iter().map(|name| format!("package({name})"));
        let these = format!("kind(test) & ({})", packages.collect::<Vec<_>>().join(" + "));
        let of = |words: &[&str], backend| {
            let all = [&["nextest", "run", "--workspace"], words].concat();
            (with(&all, backend), tally::of_nextest as Count)
        };
        vec![
            of(&[], "sqlite"),
            (with(&["test", "--doc", "--workspace"], "sqlite"), tally::of_cargo_test),
            of(&["--filterset", &these], "postgres"),
        ]
    } else {
        let packages = ON_A_STORE.iter().flat_map(|name| ["--package", name]);
        let these: Vec<&str> = ["test", "--test", "it"].into_iter().chain(packages).collect();
        vec![
            (with(&["test", "--workspace"], "sqlite"), tally::of_cargo_test),
            (with(&these, "postgres"), tally::of_cargo_test),
        ]
    }
}

fn has_nextest() -> bool {
    let mut probe = workspace::cargo();
    probe.args(["nextest", "--version"]);
    crate::step::capture(probe).is_ok_and(|(succeeded, _)| succeeded)
}

/// Runs a program, passing on each line as it comes and keeping all of them.
fn run_aloud(mut command: Command) -> Result<(ExitStatus, String)> {
    let shown = shown(&command);
    let backend = command.get_envs().find(|(name, _)| *name == BACKEND).and_then(|(_, it)| it);
    let backend = backend.map(|it| format!("{BACKEND}={} ", it.to_string_lossy()));
    println!("\n$ {}{shown}", backend.unwrap_or_default());
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("`{shown}` could not be started"))?;
    drop(command);
    let mut output = Vec::new();
    let mut lines = BufReader::new(reader);
    loop {
        let start = output.len();
        if lines.read_until(b'\n', &mut output)? == 0 {
            break;
        }
        std::io::stdout().write_all(output.get(start..).unwrap_or_default())?;
    }
    let status = child.wait()?;
    Ok((status, String::from_utf8_lossy(&output).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_store_runs_on_both() {
        for nextest in [true, false] {
            let all: Vec<String> = runs(nextest)
                .iter()
                .filter(|(command, _)| {
                    let mut set = command.get_envs();
                    set.any(|(name, it)| name == BACKEND && it == Some("postgres".as_ref()))
                })
                .map(|(command, _)| shown(command))
                .collect();
            assert_eq!(all.len(), 1, "{all:?}");
            assert!(ON_A_STORE.iter().all(|name| all[0].contains(name)), "{all:?}");
        }
    }

    #[test]
    fn a_run_is_kept_whole_with_its_status() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; printf three; exit 4"]);
        let (status, output) = run_aloud(command).unwrap();
        assert_eq!((status.code(), output.as_str()), (Some(4), "one\ntwo\nthree"));
    }
}
