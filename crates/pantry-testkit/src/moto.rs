//! moto, which answers as Amazon's S3 does: a real server for whoever keeps contents in a bucket. It
//! keeps all in memory, and looks at no signature.
//!
//! It is installed from PyPI beside what Cargo builds, once, with no more of what it can do than S3
//! needs: about 100 MB, and as long as that takes to download.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::installation::free_port;
use crate::process::Process;
use crate::program;

/// What is installed. moto's own extra for a server brings three times as much, for other services.
const PACKAGES: [&str; 5] = ["moto==5.2.5", "flask", "flask-cors", "py-partiql-parser", "PyYAML"];

/// moto, answering.
pub struct Moto {
    /// The process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Moto {
    /// Starts it, and waits until it answers. The first time, it is installed.
    pub fn start() -> Result<Self> {
        let program = install()?;
        let address: SocketAddr = ([127, 0, 0, 1], free_port()?).into();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &address.port().to_string()]);
        let mut process = Process::spawn("moto", &mut command)?;
        program::listens(&mut process, address)?;
        Ok(Self { process, address })
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a bucket.
    pub fn make_bucket(&self, name: &str) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        let host = self.address;
        write!(
            stream,
            "PUT /{name} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "moto makes no bucket: {answer}");
        Ok(())
    }
}

fn install() -> Result<PathBuf> {
    let (place, _lock) = program::folder("moto")?;
    let (program, done) = (place.join("bin/moto_server"), place.join("installed"));
    let wanted = PACKAGES.join(" ");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    program::run(Command::new("python3").args(["-m", "venv"]).arg(&place))
        .context("Python and its venv are needed: on Debian, python3-venv")?;
    let mut pip = Command::new(place.join("bin/pip"));
    program::run(pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
    std::fs::write(done, wanted)?;
    Ok(program)
}
