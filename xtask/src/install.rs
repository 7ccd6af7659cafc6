//! Installs what the checks and tests need and a fresh machine lacks.
//!
//! With apt this is done, as root or with sudo; elsewhere it says what to install. Nothing is
//! touched on a machine that has everything.

use std::io::IsTerminal as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::step::shown;
use crate::workspace;

/// A program that must be there.
struct Need {
    what: &'static str,
    /// A command that succeeds where it is.
    probe: &'static [&'static str],
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    Need { what: "a C compiler", probe: &["cc", "--version"], packages: &["gcc", "libc6-dev"] },
    Need { what: "a C++ compiler (for libzmq)", probe: &["c++", "--version"], packages: &["g++"] },
    Need { what: "make (for libsodium)", probe: &["make", "--version"], packages: &["make"] },
    Need { what: "strip", probe: &["strip", "--version"], packages: &["binutils"] },
    Need {
        what: "Python 3 with venv (the tests' independent ZeroMQ peer)",
        probe: &["python3", "-c", "import ensurepip, venv"],
        packages: &["python3", "python3-venv"],
    },
    Need {
        what: "Ruby with Chef's signing library (the tests' independent signer)",
        probe: &["ruby", "-e", "require 'mixlib/authentication/signatureverification'"],
        packages: &["ruby", "ruby-mixlib-authentication"],
    },
    // Its package starts a server, which the tests leave alone: they start their own.
    Need {
        what: "PostgreSQL's server programs",
        probe: &[
            "sh",
            "-c",
            "ls /usr/lib/postgresql/*/bin/initdb || ls \"$(pg_config --bindir)/initdb\" || initdb --version",
        ],
        packages: &["postgresql"],
    },
];

/// Rust's own components; the minimal toolchain lacks them.
const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "fmt"), ("clippy", "clippy")];

/// Finds out what is missing, and installs it.
pub(crate) fn what_is_missing() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !is_there(need.probe)).collect();
    if !missing.is_empty() {
        install_packages(&missing)?;
        if let Some(need) = missing.iter().find(|need| !is_there(need.probe)) {
            bail!(
                "{} is still missing after installing {}: `{}` fails",
                need.what,
                need.packages.join(" "),
                need.probe.join(" ")
            );
        }
    }
    install_components()
}

/// Whether a command can be run and succeeds.
pub(crate) fn is_there(probe: &[&str]) -> bool {
    let Some((program, arguments)) = probe.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn install_packages(missing: &[&Need]) -> Result<()> {
    let whats: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    eprintln!("missing: {}", whats.join("; "));
    if !is_there(&["apt-get", "--version"]) {
        bail!(
            "install with this system's package manager what Debian calls: {}",
            packages.join(" ")
        );
    }
    let mut words = vec!["apt-get", "install", "--yes", "--no-install-recommends"];
    words.extend(packages);
    let install = as_root(&words)?;
    // Some list or other can be out of reach without the packages' own being so.
    if let Err(error) = run(as_root(&["apt-get", "update"])?) {
        eprintln!("{error:#}");
    }
    run(install)
}

/// The command as root: itself, or through sudo.
fn as_root(words: &[&str]) -> Result<Command> {
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let id = Command::new("id").arg("-u").output().context("`id -u` could not be run")?;
    let is_root = id.stdout.trim_ascii() == b"0";
    let prefix: &[&str] = match (is_root, std::io::stdin().is_terminal()) {
        (true, _) => &[],
        (false, true) => &["sudo"],
        // Nobody is there to type a password.
        (false, false) => &["sudo", "--non-interactive"],
    };
    if !is_root && !is_there(&["sudo", "--version"]) {
        bail!("there is no sudo here; as root, run: {}", words.join(" "));
    }
    let mut all = prefix.iter().chain(&quiet).chain(words);
    let mut command = Command::new(all.next().copied().unwrap_or("env"));
    command.args(all);
    Ok(command)
}

fn install_components() -> Result<()> {
    let is_there = |verb: &str| {
        let mut probe = workspace::cargo();
        probe.args([verb, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    let missing: Vec<&str> = COMPONENTS
        .iter()
        .filter(|(_, verb)| !is_there(verb))
        .map(|(component, _)| *component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut rustup = workspace::program("rustup");
    rustup.args(["component", "add"]).args(&missing);
    run(rustup).with_context(|| {
        format!("the Rust toolchain lacks {}, which must be installed", missing.join(" and "))
    })
}

/// Runs an installation where everyone can see it.
fn run(mut command: Command) -> Result<()> {
    let shown = shown(&command);
    eprintln!("$ {shown}");
    let status = command.status().with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status}); correct what it says above, or install it by hand");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_tells_what_is_there() {
        assert!(is_there(&["sh", "-c", "exit 0"]));
        assert!(!is_there(&["sh", "-c", "exit 1"]));
        assert!(!is_there(&["no-such-program"]));
    }

    #[test]
    fn a_failed_installation_names_its_command() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 100"]);
        assert!(run(command).unwrap_err().to_string().starts_with("`sh -c exit 100` failed"));
    }
}
