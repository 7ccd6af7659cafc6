//! The peer: goiardi, a Chef server in Go, with its data in memory and signatures checked.
//!
//! The package is taken from Debian and unpacked beside what Cargo builds, not installed, since
//! installing it would start a service.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::free_port;
use pantry_testkit::process::Process;
use serde_json::json;
use tempfile::TempDir;

use super::server::Server;
use super::signer::Signer;
use crate::echo::rest;
use crate::peer::{run, target_folder};

/// goiardi, ready to be started.
pub(crate) struct Goiardi {
    program: PathBuf,
    folder: TempDir,
}

impl Goiardi {
    /// Finds the program, or fetches it once.
    pub(crate) fn install() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("goiardi-").tempdir()?;
        if version(Path::new("goiardi")).is_ok() {
            return Ok(Self { program: "goiardi".into(), folder });
        }
        let place = target_folder().join("goiardi");
        let program = place.join("usr/bin/goiardi");
        if !program.exists() {
            println!("fetching goiardi, the peer (once)");
            std::fs::create_dir_all(&place)?;
            let place = place.canonicalize()?;
            run(Command::new("apt-get").args(["download", "goiardi"]).current_dir(&place)).context(
                "Debian's package goiardi cannot be fetched: `apt-get update` may help, or `--no-peer`",
            )?;
            for file in std::fs::read_dir(&place)? {
                let file = file?.path();
                if file.extension().is_some_and(|extension| extension == "deb") {
                    run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&place))?;
                }
            }
        }
        Ok(Self { program, folder })
    }

    /// Starts it, and waits until it answers.
    pub(crate) fn start(&self) -> Result<Server> {
        let port = free_port()?;
        let address: SocketAddr = ([127, 0, 0, 1], port).into();
        let mut command = Command::new(&self.program);
        command.args(["--use-auth", "--ipaddress=127.0.0.1", "--hostname=127.0.0.1"]);
        command.arg(format!("--port={port}"));
        command.arg(format!("--conf-root={}", self.folder.path().display()));
        let mut process = Process::spawn("goiardi", &mut command)?;
        // It does not say that it listens. Before it does, it has written its superuser's key.
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).is_err() {
            let is_running = process.is_running()? && Instant::now() < deadline;
            ensure!(is_running, "goiardi does not listen\n{}", process.report());
            rest(Duration::from_millis(20));
        }
        Ok(Server {
            title: version(&self.program)?,
            process,
            address,
            superuser: Signer::from_file("admin", &self.folder.path().join("admin.pem"))?,
            clients: "/clients",
            new_user: |name, public_key| json!({ "name": name, "password": "correct horse", "public_key": public_key }),
        })
    }
}

/// What it calls itself: `goiardi 0.11.10`.
fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.strip_prefix("goiardi version ").and_then(|rest| rest.split(' ').next());
    Ok(format!("goiardi {}", number.context("goiardi does not say its version")?))
}
