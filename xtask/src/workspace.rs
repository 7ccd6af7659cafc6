//! Where things are: the repository, Cargo, and what Cargo knows of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};

/// The folder that holds the workspace's Cargo.toml.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// A program that is run in the repository.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The same Cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    program(&cargo)
}

/// Every package of the workspace and all that they depend on here, by the lock file.
pub(crate) fn metadata() -> Result<Metadata> {
    // Without the platform, Cargo would download crates that only other systems use.
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host()?];
    MetadataCommand::new()
        .current_dir(root())
        .other_options(options)
        .exec()
        .context("`cargo metadata --locked` failed; if Cargo.lock is behind, run `cargo check`")
}

/// The platform, as Cargo names it: `x86_64-unknown-linux-gnu`.
fn host() -> Result<String> {
    let output = program("rustc").arg("-vV").output().context("rustc could not be run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.to_owned()),
        None => bail!("`rustc -vV` names no host"),
    }
}

/// Whether a package is ours.
pub(crate) fn has(metadata: &Metadata, package: &str) -> bool {
    metadata.workspace_packages().iter().any(|member| member.name == package)
}

/// The crates of the workspace with their folders, by name.
pub(crate) fn members(metadata: &Metadata) -> Vec<(String, PathBuf)> {
    let mut members: Vec<_> = metadata
        .workspace_packages()
        .iter()
        .filter_map(|package| {
            let folder = package.manifest_path.parent()?;
            Some((package.name.to_string(), folder.as_std_path().to_owned()))
        })
        .collect();
    members.sort();
    members
}

/// Every file below a folder with this extension, in order of path.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("{} could not be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A path as it is written in messages: from the repository's root.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
