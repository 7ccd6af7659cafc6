//! Programs that a test needs and that are fetched once, beside what Cargo builds.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::process::{PATIENCE, Process};

/// A folder of this name in Cargo's target folder, and the lock of whoever is in it: other processes
/// may be there at the same time.
pub(crate) fn folder(name: &str) -> Result<(PathBuf, File)> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let place = target.join(name);
    std::fs::create_dir_all(&place)?;
    let place = place.canonicalize()?;
    let lock = File::create(place.join("lock"))?;
    lock.lock()?;
    Ok((place, lock))
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let output = command.output().with_context(|| shown.clone())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{shown} ended with {}\n{said}", output.status);
    Ok(())
}

/// Waits until a process that does not say so listens.
pub(crate) fn listens(process: &mut Process, address: SocketAddr) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_err() {
        let is_running = process.is_running()? && Instant::now() < deadline;
        ensure!(is_running, "nothing listens on {address}\n{}", process.report());
        let (_sender, nothing) = channel::<()>();
        let _nothing_comes = nothing.recv_timeout(Duration::from_millis(20));
    }
    Ok(())
}
