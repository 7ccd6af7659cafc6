//! `cargo xtask audit`: asks the RustSec advisory database about every dependency.
//!
//! It needs cargo-deny and the database, which come from outside, so it is no part of `test`. An
//! audit that could not ask must not look like one that found nothing: it fails, and says why.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::step::{Failure, Outcome, Step, capture, run_all, run_quietly, shown};
use crate::{install, only, workspace};

/// The verb.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    only(arguments, &[])?;
    let deny = cargo_deny()?;
    let step = |name, check: &'static str, advice| {
        let mut command = workspace::program(&deny);
        command.args(["--locked", "check", check]);
        Step::command(name, command, advice)
    };
    let advisories = Step::new("advisories", || advisories(&deny));
    run_all(vec![
        step("bans", "bans", "see [bans] in deny.toml"),
        step("licences", "licenses", "see [licenses] in deny.toml"),
        step("sources", "sources", "see [sources] in deny.toml"),
        advisories,
    ])
}

/// cargo-deny: the machine's, else our own, built once into the target folder.
fn cargo_deny() -> Result<String> {
    if install::is_there(&["cargo-deny", "--version"]) {
        return Ok("cargo-deny".to_owned());
    }
    install::what_is_missing()?;
    let root: PathBuf = workspace::metadata()?.target_directory.into_std_path_buf().join("tools");
    let own = root.join("bin").join("cargo-deny").display().to_string();
    if install::is_there(&[&own, "--version"]) {
        return Ok(own);
    }
    let mut build = workspace::cargo();
    build.args(["install", "--locked", "cargo-deny", "--root"]).arg(&root);
    let shown = shown(&build);
    eprintln!("cargo-deny is not installed; building it takes some minutes\n$ {shown}");
    let status = build.status().with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("no audit: cargo-deny could not be had (`{shown}` failed)");
    }
    Ok(own)
}

fn advisories(deny: &str) -> Outcome {
    let mut fetch = workspace::program(deny);
    fetch.args(["--locked", "fetch", "db"]);
    let shown = shown(&fetch);
    let (fetched, output) = capture(fetch)?;
    if !fetched {
        return Err(Failure {
            output: format!(
                "$ {shown}\n{output}\nthe advisory database could not be had, so nothing was compared with it"
            ),
            advice: "run this where the database named in deny.toml can be reached".to_owned(),
        });
    }
    let mut check = workspace::program(deny);
    check.args(["--locked", "check", "--disable-fetch", "advisories"]);
    let advice =
        "update the crate; if that cannot be, ignore the advisory in deny.toml and say why";
    run_quietly(check, advice).map(|_| String::new())
}
