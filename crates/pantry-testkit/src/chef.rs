//! What runs as Chef in a test: the stand-in, and real programs where somebody names them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::program;

/// Names the real programs: the path of a chef-client, and after a `:` that of a chef-solo.
pub const VARIABLE: &str = "PANTRY_TEST_CHEF";

/// The program `chef-stand-in`, which is built if it is not, and named as such.
pub fn stand_in() -> Result<PathBuf> {
    // One that is built in this moment must not be started: the lock is held until it is there.
    let (place, _lock) = program::folder("chef-stand-in")?;
    let target = place.parent().context("Cargo's target folder")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut build = Command::new(cargo);
    build
        .args(["build", "--quiet", "--locked", "--bin", "chef-stand-in"])
        .args(["--manifest-path", manifest, "--target-dir"])
        .arg(target)
        // What a test runner says to the crate under test is nothing to this one.
        .env_remove("CARGO_MANIFEST_DIR");
    program::run(&mut build)?;
    let built = target.join("debug/chef-stand-in");
    ensure!(built.is_file(), "{} was not built", built.display());
    Ok(built)
}

/// The real chef-client, and chef-solo if that is named too; `None` if the environment names none.
/// Whoever goes without must say so.
pub fn real() -> Option<(PathBuf, Option<PathBuf>)> {
    let named = std::env::var(VARIABLE).ok().filter(|named| !named.is_empty())?;
    let (client, solo) = match named.split_once(':') {
        Some((client, solo)) => (client.into(), Some(solo.into())),
        None => (named.into(), None),
    };
    Some((client, solo))
}
