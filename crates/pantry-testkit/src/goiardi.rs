//! goiardi, a Chef server in Go that knows nothing of Pantry: its data in memory, signatures checked.
//!
//! Debian's package is used where it is installed; else it is unpacked beside what Cargo builds, once,
//! and not installed, since installing it would start a service. Where neither can be, whoever needs it
//! fails.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::installation::free_port;
use crate::process::Process;
use crate::program;

/// The name of its superuser.
pub const SUPERUSER: &str = "admin";

/// goiardi, ready to be started.
pub struct Goiardi {
    program: PathBuf,
    folder: TempDir,
}

/// goiardi, answering.
pub struct Running {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
    /// The file with the key of its superuser.
    pub superuser_key: PathBuf,
}

impl Goiardi {
    /// Finds the program, or fetches it.
    pub fn install() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("goiardi-").tempdir()?;
        if version(Path::new("goiardi")).is_ok() {
            return Ok(Self { program: "goiardi".into(), folder });
        }
        let (place, _lock) = program::folder("goiardi")?;
        let program = place.join("usr/bin/goiardi");
        if version(&program).is_err() {
            program::run(Command::new("apt-get").args(["download", "goiardi"]).current_dir(&place))
                .context("Debian's package goiardi cannot be fetched: `apt-get update` may help")?;
            for file in std::fs::read_dir(&place)? {
                let file = file?.path();
                if file.extension().is_some_and(|extension| extension == "deb") {
                    program::run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&place))?;
                }
            }
        }
        Ok(Self { program, folder })
    }

    /// What it calls itself: `goiardi 0.11.10`.
    pub fn title(&self) -> Result<String> {
        version(&self.program)
    }

    /// Starts it, and waits until it answers.
    pub fn start(&self) -> Result<Running> {
        let port = free_port()?;
        let address: SocketAddr = ([127, 0, 0, 1], port).into();
        let mut command = Command::new(&self.program);
        command.args(["--use-auth", "--ipaddress=127.0.0.1", "--hostname=127.0.0.1"]);
        command.arg(format!("--port={port}"));
        command.arg(format!("--conf-root={}", self.folder.path().display()));
        let mut process = Process::spawn("goiardi", &mut command)?;
        // Before it listens, it has written its superuser's key.
        program::listens(&mut process, address)?;
        let superuser_key = self.folder.path().join(format!("{SUPERUSER}.pem"));
        Ok(Running { process, address, superuser_key })
    }
}

fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.strip_prefix("goiardi version ").and_then(|rest| rest.split(' ').next());
    Ok(format!("goiardi {}", number.context("goiardi does not say its version")?))
}
