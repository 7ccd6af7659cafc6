//! A server of a test's own, which it may stop, kill, starve and reconfigure.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::process;
use super::programs::Programs;
use super::server::{self, Server, Start, lock_file};
use crate::installation::free_port;

/// What it has unless a test says otherwise: nothing here must outlive the machine.
const DEFAULTS: [(&str, &str); 4] = [
    ("fsync", "off"),
    ("shared_buffers", "16MB"),
    ("dynamic_shared_memory_type", "mmap"),
    ("listen_addresses", ""),
];

/// The size of a file of its journal.
const JOURNAL_SEGMENT: u64 = 16 * 1024 * 1024;

/// PostgreSQL's port, where the socket's name is all that it is for.
pub(super) const USUAL_PORT: u16 = 5432;

/// A PostgreSQL server in a folder of its own. It ends, and the folder is deleted, with this or with
/// the process that has this.
pub struct Cluster {
    programs: Programs,
    folder: TempDir,
    port: u16,
    settings: Vec<(String, String)>,
    server: Option<Server>,
}

impl Cluster {
    /// Prepares one with these settings that is reached through a socket. It does not run yet.
    pub fn new(settings: &[(&str, &str)]) -> Result<Self> {
        Self::with_port(USUAL_PORT, settings)
    }

    /// Prepares one that is also reached through a free port of 127.0.0.1.
    pub fn on_tcp(settings: &[(&str, &str)]) -> Result<Self> {
        let mut cluster = Self::with_port(free_port()?, &[("listen_addresses", "127.0.0.1")])?;
        settings.iter().for_each(|(name, value)| cluster.set(name, value));
        Ok(cluster)
    }

    /// One that runs, with these settings, and is reached through a socket.
    pub fn running(settings: &[(&str, &str)]) -> Result<Self> {
        let mut cluster = Self::new(settings)?;
        cluster.start()?;
        Ok(cluster)
    }

    fn with_port(port: u16, settings: &[(&str, &str)]) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("pantry-postgres-").tempdir()?;
        programs.give(folder.path())?;
        programs.init(folder.path())?;
        let all = DEFAULTS.iter().chain(settings);
        let settings = all.map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { programs, folder, port, settings, server: None })
    }

    /// Changes a setting from the next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Writes a file that only the server may read, and gives its path. `data/pg_hba.conf` says who
    /// may connect how.
    pub fn put(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(content))
            .with_context(|| path.display().to_string())?;
        self.programs.give(&path)?;
        Ok(path)
    }

    /// One of PostgreSQL's programs, such as `pgbench`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.folder().join(name)
    }

    /// The folder of its socket and files; its data are in `data`, and what it logs in `log`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The port of 127.0.0.1, if it listens there; else only a part of the socket's name.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of one of its databases through the socket, as its superuser. There is `postgres`.
    pub fn url(&self, database: &str) -> String {
        url(self.folder.path(), self.port, database)
    }

    /// The URL of one of its databases through the port.
    pub fn tcp_url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it, if it does not run, and returns when it can be spoken with.
    pub fn start(&mut self) -> Result<()> {
        if self.server.is_none() {
            self.server = Some(server::start(&Start {
                programs: &self.programs,
                folder: self.folder.path(),
                port: self.port,
                grace: 0,
                settings: &self.settings,
            })?);
        }
        Ok(())
    }

    /// Stops it as for maintenance (PostgreSQL's *fast* shutdown): connections are ended, and what
    /// was committed is in its place. Returns when it has ended.
    pub fn stop(&mut self) -> Result<()> {
        // Without the lock's file its supervisor knows that the folder is still needed.
        self.end(|_, folder| Ok(std::fs::remove_file(lock_file(folder))?))
    }

    /// Stops it at once (PostgreSQL's *immediate* shutdown): it must recover when it starts.
    pub fn abort(&mut self) -> Result<()> {
        self.end(|id, folder| {
            std::fs::remove_file(lock_file(folder))?;
            kill_process(id, Signal::QUIT).context("the server cannot be signalled")
        })
    }

    /// Kills all of its processes, as when the machine fails.
    pub fn kill(&mut self) -> Result<()> {
        self.end(|id, folder| {
            std::fs::remove_file(lock_file(folder))?;
            process::kill(id)
        })
    }

    fn end(&mut self, how: impl FnOnce(Pid, &Path) -> Result<()>) -> Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        // What is stopped cannot end.
        let _ended = process::resume(server.id);
        how(server.id, self.folder.path())?;
        drop(server.lock);
        server.supervisor.wait().context("the server does not end")?;
        Ok(())
    }

    /// Stops all of its processes where they are: connections stand, and nobody answers.
    pub fn pause(&self) -> Result<()> {
        process::pause(self.id()?)
    }

    /// Has them go on.
    pub fn resume(&self) -> Result<()> {
        process::resume(self.id()?)
    }

    /// Limits the size of the files that it may write, or lifts the limit: to it, a disk that is
    /// full and then is not. The limit must leave room for a segment of its journal: those are made
    /// ahead, on a full disk too, and a server that cannot write to one ends for good.
    pub fn limit_files(&self, bytes: Option<u64>) -> Result<()> {
        if let Some(bytes) = bytes {
            ensure!(bytes > JOURNAL_SEGMENT, "no room for a segment of the journal");
        }
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let limit = format!("--fsize={limit}:");
        let first = self.id()?;
        let of = |id: Pid| format!("--pid={}", id.as_raw_nonzero());
        // As who runs it: root may do that everywhere, but not in every container. The first hands
        // it down to those that it starts from now on.
        self.programs.run(self.folder(), "prlimit", [&of(first), &limit])?;
        for other in process::children(first)? {
            // One that ended meanwhile needs no limit.
            let _ended = self.programs.run(self.folder(), "prlimit", [&of(other), &limit]);
        }
        Ok(())
    }

    fn id(&self) -> Result<Pid> {
        Ok(self.server.as_ref().context("the server does not run")?.id)
    }

    /// Runs SQL in one of its databases through `psql`, as its superuser, and gives the rows: a line
    /// each, with `|` between the columns.
    pub fn sql(&self, database: &str, text: &str) -> Result<String> {
        sql(&self.programs, self.folder.path(), self.port, database, text)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // With the lock's file in its place its supervisor deletes the folder.
        let _ended = self.end(|_, _| Ok(()));
    }
}

/// The URL of a database through the socket in this folder.
pub(super) fn url(folder: &Path, port: u16, database: &str) -> String {
    format!("postgresql://postgres@/{database}?host={}&port={port}", folder.display())
}

/// Runs SQL through `psql`.
pub(super) fn sql(
    programs: &Programs,
    folder: &Path,
    port: u16,
    database: &str,
    text: &str,
) -> Result<String> {
    let (host, port) = (format!("--host={}", folder.display()), format!("--port={port}"));
    let words = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--username=postgres"];
    let more = [&host, &port, "--set=ON_ERROR_STOP=1", "--dbname", database, "--command", text];
    programs.run(folder, "psql", words.into_iter().chain(more))
}
