//! `cargo xtask bench [NAME]`: measures the release build, beside a peer in the same run.

use anyhow::{Result, anyhow, ensure};

use crate::{agent_build, install, workspace};

/// The benches, in the order in which they run.
const NAMES: &[&str] =
    &["echo", "clients", "api", "store", "search", "cookbooks", "shelves", "files", "chef-run"];

/// Options whose value may stand behind a blank.
const WITH_VALUE: &[&str] = &["--universe"];

/// Each option with its value in one.
fn joined(arguments: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match joined.last_mut() {
            Some(option) if WITH_VALUE.contains(&option.as_str()) => {
                option.push('=');
                option.push_str(argument);
            }
            _ => joined.push(argument.clone()),
        }
    }
    joined
}

/// Runs the named bench, or all. Options (`--no-peer`, `--nodes=1000`) are handed on.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    install::what_is_missing()?;
    let arguments = joined(arguments);
    let (options, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    for name in &names {
        ensure!(NAMES.contains(name), "there is no bench `{name}`: {}", NAMES.join(", "));
    }
    let metadata = workspace::metadata()?;
    let agent = agent_build::build(&metadata).map_err(|failure| anyhow!(failure.output))?;
    let mut build = workspace::cargo();
    build.args(["build", "--locked", "--release", "-p", "pantry", "-p", "pantry-bench"]);
    ensure!(build.status()?.success(), "the release build failed");
    let release = metadata.target_directory.as_std_path().join("release");
    for name in NAMES.iter().filter(|name| names.is_empty() || names.contains(name)) {
        println!("== {name}\n");
        let mut bench = workspace::program(&release.join("pantry-bench").to_string_lossy());
        bench.arg(name).arg(release.join("pantry")).arg(&agent).args(&options);
        ensure!(bench.status()?.success(), "the bench `{name}` failed");
        println!();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_has_its_value_with_it() {
        let arguments =
            ["cookbooks", "--universe", "u.json", "--no-peer", "--nodes=1", "--universe"];
        let arguments = arguments.map(str::to_owned);
        let expected = ["cookbooks", "--universe=u.json", "--no-peer", "--nodes=1", "--universe"];
        assert_eq!(joined(&arguments), expected);
    }
}
