//! The agent-only binary: that it builds, holds no server, and stays small.
//!
//! It is a release build, since any other size would say nothing. It shares Cargo's target folder
//! with `cargo build --release`, so what both need is built once; the whole binary that may lie
//! there is put back afterwards.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cargo_metadata::Metadata;

use crate::step::{Failure, Outcome, run_quietly};
use crate::workspace;

/// The most that the stripped binary may weigh, in bytes.
const CEILING: u64 = 12 * 1024 * 1024;

/// The features of the agent-only build.
const FEATURES: &[&str] = &["-p", "pantry", "--no-default-features", "--features", "client"];

/// What the agent must not depend on, however indirectly.
const ABSENT: &[&str] = &[
    "axum",
    "hyper",
    "libsqlite3-sys",
    "pantry-blobs",
    "pantry-broker",
    "pantry-http",
    "pantry-solver",
    "pantry-store",
    "pantry-store-postgres",
    "pantry-store-sqlite",
    "pantry-usecases",
    "pubgrub",
    "rusqlite",
    "tokio-postgres",
];

/// Looks at what the agent-only binary would be made of.
pub(crate) fn tree() -> Outcome {
    let mut tree = workspace::cargo();
    tree.args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none"]);
    tree.args(["--format", "{p}"]).args(FEATURES);
    let listing = run_quietly(tree, "")?;
    let names = crates(&listing);
    let present: Vec<&str> = ABSENT.iter().copied().filter(|name| names.contains(name)).collect();
    if present.is_empty() {
        return Ok(format!("{} crates", names.len()));
    }
    let (first, features) = (present.first().copied().unwrap_or_default(), FEATURES.join(" "));
    Err(Failure {
        output: format!("the agent-only build depends on {}", present.join(", ")),
        advice: format!("`cargo tree {features} --invert {first}` shows who brings it in"),
    })
}

/// Builds it and weighs it.
pub(crate) fn size(metadata: &Metadata) -> Outcome {
    let agent = build(metadata)?;
    let size = weigh(&agent)?;
    let remark = format!("{} stripped, of at most {}", mebibytes(size), mebibytes(CEILING));
    if size <= CEILING {
        return Ok(remark);
    }
    let advice = "find what grew with `cargo tree` and the linker's map, or raise CEILING in \
                  xtask/src/agent_build.rs and say in the commit what the bytes buy";
    Err(Failure {
        output: format!("the agent-only binary is too large: {remark}"),
        advice: advice.into(),
    })
}

/// Builds it, and gives its path. It is not under the whole binary's name, so that nobody starts a
/// server with it by mistake.
pub(crate) fn build(metadata: &Metadata) -> Result<PathBuf, Failure> {
    let release = metadata.target_directory.as_std_path().join("release");
    let (binary, aside) = (release.join("pantry"), release.join("pantry.whole"));
    if binary.exists() {
        std::fs::rename(&binary, &aside).context("the release binary could not be set aside")?;
    }
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--quiet", "--release", "--locked"]).args(FEATURES);
    let built = run_quietly(cargo, "");
    let agent = release.join("pantry-agent-only");
    let named = built
        .and_then(|_| Ok(std::fs::rename(&binary, &agent).context("the build left no binary")?));
    if aside.exists() {
        std::fs::rename(&aside, &binary).context("the release binary could not be put back")?;
    }
    named.map(|()| agent)
}

/// The size of the binary without its symbols, in bytes.
fn weigh(agent: &Path) -> Result<u64, Failure> {
    let stripped = agent.with_extension("stripped");
    let mut strip = workspace::program("strip");
    strip.arg("-o").arg(&stripped).arg(agent);
    run_quietly(strip, "install binutils, which has `strip`")?;
    let size = std::fs::metadata(&stripped).context("strip left no binary")?.len();
    std::fs::remove_file(&stripped).context("the stripped copy could not be removed")?;
    if size == 0 {
        return Err(anyhow::anyhow!("the stripped binary is empty").into());
    }
    Ok(size)
}

/// The names in a listing of `cargo tree`, each once.
fn crates(listing: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        listing.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_tree() {
        let listing =
            "pantry v0.1.0 (/src)\npantry-wire v0.1.0\nserde v1.0.1\nserde v1.0.1 (*)\n\n";
        assert_eq!(crates(listing), ["pantry", "pantry-wire", "serde"]);
    }

    #[test]
    fn sizes_are_told_in_tenths() {
        assert_eq!(mebibytes(CEILING), "12.0 MiB");
        assert_eq!(mebibytes(1_600_000), "1.5 MiB");
    }
}
