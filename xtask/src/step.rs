//! One thing that is checked: its name while it runs, its time when it is done, and when it fails
//! everything it said and what to do about it.
//!
//! All steps run, whatever fails on the way: who repairs a check wants to know all of them at once.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Why a step failed.
pub(crate) struct Failure {
    /// What was found, or all that the program said.
    pub(crate) output: String,
    /// What to do, as a sentence or a command.
    pub(crate) advice: String,
}

/// A remark for the line of a step that went well (may be empty), or why it failed.
pub(crate) type Outcome = Result<String, Failure>;

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { output: format!("{error:#}"), advice: String::new() }
    }
}

/// Something that is checked.
pub(crate) struct Step<'a> {
    name: &'static str,
    run: Box<dyn FnOnce() -> Outcome + 'a>,
}

impl<'a> Step<'a> {
    /// A step that calls this.
    pub(crate) fn new(name: &'static str, run: impl FnOnce() -> Outcome + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// A step that runs this program and fails if the program does.
    pub(crate) fn command(name: &'static str, command: Command, advice: &'static str) -> Self {
        Self::new(name, || run_quietly(command, advice).map(|_| String::new()))
    }
}

/// Runs the steps one after the other; an error if one failed.
pub(crate) fn run_all(steps: Vec<Step<'_>>) -> Result<()> {
    let mut failed = Vec::new();
    for step in steps {
        print!("{:<28}", step.name);
        std::io::stdout().flush()?;
        let started = Instant::now();
        let outcome = (step.run)();
        let time = seconds(started.elapsed());
        match outcome {
            Ok(remark) => println!("{}", format!("ok {time}  {remark}").trim_end()),
            Err(failure) => {
                println!("FAILED {time}");
                println!("\n{}\n", failure.output.trim_end());
                if !failure.advice.is_empty() {
                    println!("what to do: {}\n", failure.advice);
                }
                failed.push(step.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// Runs a program and keeps what it says, its two outputs in the order in which it wrote them.
pub(crate) fn run_quietly(command: Command, advice: &str) -> Result<String, Failure> {
    let shown = shown(&command);
    let (succeeded, output) = capture(command)?;
    if succeeded {
        return Ok(output);
    }
    Err(Failure { output: format!("$ {shown}\n{output}"), advice: advice.to_owned() })
}

/// Whether a program succeeded, and what it wrote.
pub(crate) fn capture(mut command: Command) -> Result<(bool, String)> {
    let shown = shown(&command);
    let (mut reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer).stdin(std::process::Stdio::null());
    let mut child = command.spawn().with_context(|| format!("`{shown}` could not be started"))?;
    // The command holds the pipe's other end; reading ends only when nobody does.
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    let status = child.wait()?;
    Ok((status.success(), String::from_utf8_lossy(&output).into_owned()))
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn seconds(time: Duration) -> String {
    format!("{:6.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_holds_all_that_was_said_in_order() {
        let failure = run_quietly(sh("echo one; echo two >&2; echo three; exit 3"), "try again");
        let failure = failure.err().unwrap();
        assert!(failure.output.ends_with("one\ntwo\nthree\n"), "{}", failure.output);
        assert_eq!(failure.advice, "try again");
    }

    #[test]
    fn the_steps_after_a_failed_one_run_too() {
        let ran = std::cell::Cell::new(false);
        let steps = vec![
            Step::command("fails", sh("exit 1"), ""),
            Step::new("runs", || {
                ran.set(true);
                Ok(String::new())
            }),
        ];
        assert_eq!(run_all(steps).unwrap_err().to_string(), "failed: fails");
        assert!(ran.get());
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let failure = run_quietly(Command::new("no-such-program"), "").err().unwrap();
        assert!(failure.output.contains("no-such-program"), "{}", failure.output);
    }
}
