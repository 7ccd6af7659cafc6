//! `cargo xtask check`: everything that can be said of the sources without running them, quickest
//! first.

use anyhow::Result;
use cargo_metadata::Metadata;

use crate::step::{Failure, Outcome, Step, run_all, run_quietly};
use crate::{agent_build, arrows, install, licences, links, only, sources, workspace};

/// The verb.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    only(arguments, &["--fix"])?;
    install::what_is_missing()?;
    if arguments.iter().any(|argument| argument == "--fix") {
        fix()?;
    }
    let metadata = workspace::metadata()?;
    run_all(steps(&metadata))
}

fn steps(metadata: &Metadata) -> Vec<Step<'_>> {
    let mut format = workspace::cargo();
    format.args(["fmt", "--all", "--check"]);
    let mut clippy = workspace::cargo();
    clippy.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]);
    let mut rustdoc = workspace::cargo();
    rustdoc.args([
        "doc",
        "--quiet",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");

    let mut steps = vec![
        Step::command("formatting", format, "cargo fmt --all"),
        Step::new("arrows between crates", || {
            let advice = "name a crate further down, or move the code to where it belongs \
                          (ARCHITECTURE.md)";
            none_of(arrows::violations(metadata), advice)
        }),
        Step::new("printing and unsafe", || {
            none_of(sources::violations(metadata)?, "see \"Rules of the house\" in CONTRIBUTING.md")
        }),
        Step::new("licences", || {
            let (count, found) = licences::violations(metadata)?;
            let advice = "use another crate, or accept the licence in deny.toml and say why there";
            none_of(found, advice).map(|_| format!("{count} dependencies"))
        }),
        Step::new("links in the documents", || {
            none_of(links::violations()?, "correct the link, or docs/src/SUMMARY.md")
        }),
        Step::command("clippy", clippy, "cargo xtask check --fix repairs some of it"),
        Step::command("rustdoc", rustdoc, ""),
    ];
    if workspace::root().join("fuzz").exists() {
        steps.push(Step::new("fuzz targets compile", || fuzz(metadata)));
    }
    if workspace::has(metadata, "pantry") {
        steps.push(Step::new("agent-only dependencies", agent_build::tree));
        steps.push(Step::new("agent-only build", || agent_build::size(metadata)));
    }
    steps
}

fn fix() -> Result<()> {
    let mut clippy = workspace::cargo();
    clippy.args(["clippy", "--fix", "--allow-dirty", "--allow-staged"]);
    clippy.args(["--workspace", "--all-targets", "--locked"]);
    let mut format = workspace::cargo();
    format.args(["fmt", "--all"]);
    run_all(vec![
        Step::command("clippy --fix", clippy, ""),
        Step::command("formatting, repaired", format, ""),
    ])
}

/// The fuzz targets are a workspace of their own, which knows nothing of the one above it.
fn fuzz(metadata: &Metadata) -> Outcome {
    let mut check = workspace::cargo();
    check.args(["check", "--quiet", "--manifest-path", "fuzz/Cargo.toml", "--all-targets"]);
    // The same target folder and profile, so that what both depend on is not built again.
    check.args(["--config", "profile.dev.package.\"*\".opt-level=1"]);
    check.args(["--config", "profile.dev.package.\"*\".debug=false"]);
    check.env("CARGO_TARGET_DIR", metadata.target_directory.as_str());
    run_quietly(check, "").map(|_| String::new())
}

fn none_of(found: Vec<String>, advice: &str) -> Outcome {
    if found.is_empty() {
        return Ok(String::new());
    }
    Err(Failure { output: found.join("\n"), advice: advice.to_owned() })
}
