//! A whole Pantry on this machine: a server with a data directory and ports of its own, clients
//! enrolled with it, and the command line that speaks with it, all of them the real binary.
//!
//! The server keeps everything on the backend that [`Backend::chosen`] says.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::backend::Backend;
use crate::postgres::Database;
use crate::process::Process;

/// What the server writes once it can be spoken with.
const LISTENING: &str = "is listening";

/// What a client logs once the server has granted its streams.
const READY: &str = "ready";

/// A Pantry in a folder that is deleted with it.
pub struct Installation {
    binary: PathBuf,
    agent: PathBuf,
    folder: TempDir,
    ports: [u16; 3],
    http_port: u16,
    /// Where the server keeps everything, if that is not its data directory.
    database: Option<Database>,
}

impl Installation {
    /// Prepares one: nothing runs yet.
    pub fn new(binary: &Path) -> Result<Self> {
        Self::with_agent(binary, binary)
    }

    /// Prepares one whose clients are another binary than its server and command line.
    pub fn with_agent(binary: &Path, agent: &Path) -> Result<Self> {
        Self::on(Backend::chosen()?, binary, agent)
    }

    /// Prepares one whose server keeps everything on this backend.
    pub fn on(backend: Backend, binary: &Path, agent: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pantry-").tempdir()?;
        let (ports, http_port) = ([free_port()?, free_port()?, free_port()?], free_port()?);
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Database::empty()?),
        };
        // Its processes run in other folders.
        let find = |path: &Path| path.canonicalize().with_context(|| path.display().to_string());
        let (binary, agent) = (find(binary)?, find(agent)?);
        let installation = Self { binary, agent, folder, ports, http_port, database };
        let config = format!(
            "data_dir: {}\nnetworking: {{pub_sub_port: {}, receive_port: {}, file_service_port: {}}}\n\
             http: {{listen: '127.0.0.1:{}'}}\nstore: {{url: '{}'}}\n",
            installation.path("server").display(),
            ports[0],
            ports[1],
            ports[2],
            http_port,
            installation.database.as_ref().map_or("sqlite:".to_owned(), Database::url),
        );
        std::fs::write(installation.path("server.yml"), config)?;
        Ok(installation)
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The ports: of the streams, for receiving, and of the file service.
    pub fn ports(&self) -> [u16; 3] {
        self.ports
    }

    /// The port of the Chef API.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// The database of the server, if it is one of PostgreSQL's.
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// Starts the server and waits until it listens.
    pub fn start_server(&self) -> Result<Process> {
        let mut command = Command::new(&self.binary);
        command.args(["server", "--config", "server.yml"]).current_dir(self.folder.path());
        let mut server = Process::spawn("server", &mut command)?;
        server.wait_for(LISTENING)?;
        Ok(server)
    }

    /// A command of the command line, to be run by the caller.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(["--config", "server.yml"]).args(arguments).current_dir(self.folder.path());
        command.env("NO_COLOR", "1").env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// Runs a command of the command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.command(arguments).output().context("the command line cannot be run")
    }

    /// Runs a command that must succeed, and gives what it wrote on stdout.
    pub fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        ensure!(
            output.status.success(),
            "pantry {}: {}\n{}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Enrols a client, and writes its `APP-IDENTITY.yml`. Further arguments (`-e prod`) go before
    /// the noun.
    pub fn enrol(&self, application: &str, identity: &str, more: &[&str]) -> Result<()> {
        let file = format!("{application}-{identity}.yml");
        let mut arguments = vec!["-a", application];
        arguments.extend(more);
        arguments.extend(["client", "create", identity, "--out", &file]);
        self.succeed(&arguments)?;
        Ok(())
    }

    /// Starts an enrolled client and does not wait.
    pub fn launch_client(&self, application: &str, identity: &str) -> Result<Process> {
        let name = format!("{application}-{identity}");
        let (config, data) = (format!("{name}.yml"), format!("{name}.data"));
        let mut command = Command::new(&self.agent);
        command.args(["client", "--config", &config, "--data-dir", &data]);
        // What programs do at home, they do in this folder.
        command.current_dir(self.folder.path()).env("HOME", self.folder.path());
        Process::spawn(&name, &mut command)
    }

    /// Starts an enrolled client and waits until the server has granted its streams.
    pub fn start_client(&self, application: &str, identity: &str) -> Result<Process> {
        let mut client = self.launch_client(application, identity)?;
        client.wait_for(READY)?;
        Ok(client)
    }
}

/// A port that nobody uses. Ephemeral ports, which any connection may take, start above these; each
/// process begins elsewhere, so that tests that run side by side do not meet.
pub fn free_port() -> Result<u16> {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    for _ in 0..10_000 {
        let start = std::process::id().wrapping_mul(97);
        let next = u32::from(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(11_000 + (start.wrapping_add(next)) % 20_000)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no port from 11000 to 31000 is free")
}
