//! A server process under its supervisor.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::process::Pid;

use super::programs::{Programs, without_settings};

const SUPERVISOR: &str = include_str!("supervise.sh");

/// How much of the log a failure tells.
const TOLD_LINES: usize = 20;

/// What a server is to be started with. Its folder belongs to who runs it, and holds `data`.
pub(super) struct Start<'a> {
    pub(super) programs: &'a Programs,
    pub(super) folder: &'a Path,
    /// The port, which is also in the name of the socket.
    pub(super) port: u16,
    /// How long it stays when nobody holds the lock any more, in seconds.
    pub(super) grace: u32,
    pub(super) settings: &'a [(String, String)],
}

/// A server that runs.
pub(super) struct Server {
    /// The first of its processes.
    pub(super) id: Pid,
    /// The lock, held.
    pub(super) lock: File,
    /// Ends when nobody holds the lock.
    pub(super) supervisor: Child,
}

/// The file that whoever uses the server holds a lock on.
pub(super) fn lock_file(folder: &Path) -> PathBuf {
    folder.join("lock")
}

/// Starts it, takes the lock, and returns when the server can be spoken with.
pub(super) fn start(start: &Start<'_>) -> Result<Server> {
    let Start { programs, folder, .. } = *start;
    let path = lock_file(folder);
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    lock.lock_shared().context("the lock cannot be taken")?;

    let mut command = Command::new("sh");
    command.args(["-c", SUPERVISOR, "supervise"]);
    command.arg(folder).args([start.port.to_string(), start.grace.to_string()]);
    command.arg(programs.folder()).args(programs.words("postgres"));
    command.arg("-D").arg(folder.join("data"));
    command.arg("-p").arg(start.port.to_string());
    let folder_setting = ("unix_socket_directories".to_owned(), folder.display().to_string());
    for (name, value) in start.settings.iter().chain([&folder_setting]) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    without_settings(&mut command);
    // In a group of its own, so that what ends the test by its group does not end it.
    command.current_dir(folder).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut supervisor = command.spawn().context("`sh` cannot be started")?;
    let mut said = String::new();
    BufReader::new(supervisor.stdout.take().context("no stdout")?).read_line(&mut said)?;
    let id = said.trim().strip_prefix("ready ").and_then(|id| Pid::from_raw(id.parse().ok()?));
    let Some(id) = id else {
        drop(lock);
        let _status = supervisor.wait();
        bail!("PostgreSQL does not start:\n{}", last_of(&folder.join("log")));
    };
    Ok(Server { id, lock, supervisor })
}

/// The last lines of a log.
fn last_of(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(TOLD_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}
