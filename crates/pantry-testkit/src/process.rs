//! A process of Pantry, started and killed by a test.

use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, kill_process_group, prlimit};

/// The longest that anything may take in a test before it counts as failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How many of the last lines are kept to tell why something failed.
const KEPT: usize = 200;

/// A running process whose lines are read. It is killed when this is dropped, with its group.
pub struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Process {
    /// Starts this command.
    pub fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        command
            .env_remove("RUST_LOG")
            // In a group of its own, so that what it has started can be ended with it.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let (sender, lines) = channel();
        read_lines(child.stdout.take().context("no stdout")?, sender.clone());
        read_lines(child.stderr.take().context("no stderr")?, sender);
        Ok(Self { name: name.to_owned(), child, lines, said: Vec::new() })
    }

    /// Waits until it writes a line that contains this, and gives the line.
    pub fn wait_for(&mut self, text: &str) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.keep(line.clone());
                    if line.contains(text) {
                        return Ok(line);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("it does not say `{text}`\n{}", self.report())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("it ended without saying `{text}`\n{}", self.report())
                }
            }
        }
    }

    /// What it said last, for a message.
    pub fn report(&mut self) -> String {
        while let Ok(line) = self.lines.try_recv() {
            self.keep(line);
        }
        let lines = self.said.iter().map(|line| format!("  {}: {line}\n", self.name));
        lines.collect()
    }

    fn keep(&mut self, line: String) {
        if self.said.len() == KEPT {
            self.said.remove(0);
        }
        self.said.push(line);
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().with_context(|| format!("{} cannot be killed", self.name))?;
        self.child.wait().with_context(|| format!("{} does not end", self.name))?;
        Ok(())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.context("no process id")?, signal)
            .with_context(|| format!("{} cannot be signalled", self.name))
    }

    /// Limits the size of the files that it may write, or lifts the limit: to the process, a disk
    /// that is full and then is not.
    pub fn limit_files(&self, bytes: Option<u64>) -> Result<()> {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let limit = Rlimit { current: bytes, maximum: None };
        prlimit(id, Resource::Fsize, limit)
            .with_context(|| format!("the limits of {} cannot be set", self.name))?;
        Ok(())
    }

    /// Asks it to end as a service manager does, and waits until it has.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        self.wait()
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        // The pipes close with the process, so waiting for lines is waiting for the end.
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.keep(line),
                Err(RecvTimeoutError::Disconnected) => return Ok(self.child.wait()?),
                Err(RecvTimeoutError::Timeout) => {
                    bail!("it does not end\n{}", self.report())
                }
            }
        }
    }

    /// Its memory in KiB: what is resident, and its proportional share.
    pub fn memory_kib(&self) -> Result<(u64, u64)> {
        let read = |file: &str, field: &str| -> Result<u64> {
            let path = format!("/proc/{}/{file}", self.child.id());
            let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
            let line = text.lines().find_map(|line| line.strip_prefix(field));
            let number = line.and_then(|rest| rest.split_whitespace().next());
            number
                .with_context(|| format!("{path} has no {field}"))?
                .parse()
                .context(field.to_owned())
        };
        Ok((read("status", "VmRSS:")?, read("smaps_rollup", "Pss:")?))
    }

    /// The CPU time that it has used.
    pub fn cpu_time(&self) -> Result<Duration> {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        // The name, in parentheses, may hold blanks; utime and stime are the 12th and 13th after it.
        let after = text.rsplit_once(')').context("no name")?.1;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks = |at: usize| -> Result<u64> {
            fields.get(at).context("too few fields")?.parse().context("not a number")
        };
        let per_second = rustix::param::clock_ticks_per_second().max(1);
        Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 1000 / per_second))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is as good. The programs that an agent runs are in groups
        // of their own, and outlive it.
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ended = kill_process_group(id, Signal::KILL);
        }
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn read_lines(from: impl Read + Send + 'static, to: Sender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if to.send(text).is_err() {
                break;
            }
            line.clear();
        }
    });
}
