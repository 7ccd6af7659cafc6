//! Runs one program: in a process group of its own, with a time limit, to an end that is told truly.
//!
//! The program has ended when the process that was started has. What it leaves behind may hold on
//! to the pipes, so they are read for a moment longer and then closed; leftovers of a program that
//! ran out of time are killed with its group.

mod failure;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use pantry_model::OutputStream;
use pantry_model::protocol::Reported;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until};

use crate::output::Output;
use crate::time::later;

/// How long the pipes are read after the end of the program, while something still comes.
const DRAIN: Duration = Duration::from_secs(2);
/// How long nothing may come until they are closed.
const QUIET: Duration = Duration::from_millis(200);
/// What is read at once.
const BUFFER: usize = 32 * 1024;

/// A program to run.
#[derive(Debug)]
pub struct Program {
    /// Its name, looked up in PATH unless it contains a `/`.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The environment variables that it has, or that it has more than the agent.
    pub environment: Variables,
    /// What it reads.
    pub stdin: Stdin,
    /// How long it may run.
    pub timeout: Duration,
    /// How long it has to end after SIGTERM.
    pub grace: Duration,
}

/// The environment variables of a program.
#[derive(Debug)]
pub enum Variables {
    /// The agent's own, and these.
    Added(Vec<(&'static str, String)>),
    /// These alone.
    Only(Vec<(OsString, OsString)>),
}

/// What a program reads.
#[derive(Debug)]
pub enum Stdin {
    /// The end, at once.
    Nothing,
    /// At most [`Stdin::MAX_BYTES`], which any pipe takes without anyone reading.
    Bytes(Vec<u8>),
    /// A file.
    File(File),
}

impl Stdin {
    /// The most that is handed over through a pipe.
    pub const MAX_BYTES: usize = 4096;

    fn into_stdio(self) -> io::Result<Stdio> {
        match self {
            Self::Nothing => Ok(Stdio::null()),
            Self::File(file) => Ok(file.into()),
            Self::Bytes(bytes) => {
                let (reader, mut writer) = io::pipe()?;
                writer.write_all(bytes.get(..Self::MAX_BYTES).unwrap_or(&bytes))?;
                Ok(reader.into())
            }
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Succeeded, failed or timed out.
    pub what: Reported,
    /// Its exit status.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What the numbers do not say.
    pub reason: Option<String>,
}

impl Outcome {
    /// It failed, for this reason.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { what: Reported::Failed, exit_code: None, signal: None, reason: Some(reason.into()) }
    }

    /// It is done.
    pub fn succeeded() -> Self {
        Self { what: Reported::Succeeded, exit_code: Some(0), signal: None, reason: None }
    }

    fn of(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let what = if status.success() { Reported::Succeeded } else { Reported::Failed };
        Self { what, exit_code: status.code(), signal: status.signal(), reason: None }
    }
}

/// A process group; it is asked to end if nobody waits for its end any more.
struct Group {
    id: Option<Pid>,
    ended: bool,
}

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // It fails only if there is nobody left.
            let _ = kill_process_group(id, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::TERM);
        }
    }
}

/// Where a program stands.
enum Phase {
    Running,
    Terminating,
    Killed,
}

/// Runs a program to its end. `machine` is what the sentences call this machine.
pub async fn run(program: Program, machine: &str, output: &mut Output) -> Outcome {
    run_and_note(program, machine, output, |_| ()).await
}

/// The same; `note` hears the number of the process as soon as there is one.
pub async fn run_and_note(
    program: Program,
    machine: &str,
    output: &mut Output,
    note: impl FnOnce(u32),
) -> Outcome {
    let Program { program, arguments, environment, stdin, timeout, grace } = program;
    let mut command = Command::new(&program);
    match environment {
        Variables::Added(variables) => command.envs(variables),
        Variables::Only(variables) => command.env_clear().envs(variables),
    };
    let spawned = stdin.into_stdio().and_then(|stdin| {
        command
            .args(&arguments)
            .current_dir("/")
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
    });
    let child = match spawned {
        Ok(child) => child,
        Err(error) => return Outcome::failed(failure::sentence(&program, machine, &error)),
    };
    if let Some(id) = child.id() {
        note(id);
    }
    let (status, timed_out) = match wait(child, timeout, grace, output).await {
        Ok(ended) => ended,
        Err(error) => {
            let reason = format!("{machine} lost sight of `{program}`: {error}");
            return Outcome::failed(reason);
        }
    };
    let outcome = Outcome::of(status);
    if !timed_out {
        return outcome;
    }
    let reason = format!("`{program}` ran longer than {} and was ended", seconds(timeout));
    Outcome { what: Reported::TimedOut, reason: Some(reason), ..outcome }
}

/// Reads what the program writes until it ends; answers how, and whether its time was over.
async fn wait(
    mut child: Child,
    timeout: Duration,
    grace: Duration,
    output: &mut Output,
) -> io::Result<(ExitStatus, bool)> {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let mut group = Group { id, ended: false };
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let (mut out, mut err) = (vec![0; BUFFER], vec![0; BUFFER]);
    let mut phase = Phase::Running;
    // Until when the program may take for what it does: run, end, be read to its end.
    let mut deadline = later(Instant::now(), timeout);
    let mut ended: Option<(ExitStatus, Instant)> = None;

    loop {
        if let Some((status, drained_by)) = ended {
            let now = Instant::now();
            if (stdout.is_none() && stderr.is_none()) || now >= deadline || now >= drained_by {
                group.ended = true;
                return Ok((status, !matches!(phase, Phase::Running)));
            }
        }
        let flush = output.due();
        let wake = flush.map_or(deadline, |due| due.min(deadline));
        tokio::select! {
            read = next(&mut stdout, &mut out), if stdout.is_some() => match read {
                Some(bytes) => output.write(OutputStream::Stdout, bytes).await,
                None => stdout = None,
            },
            read = next(&mut stderr, &mut err), if stderr.is_some() => match read {
                Some(bytes) => output.write(OutputStream::Stderr, bytes).await,
                None => stderr = None,
            },
            status = child.wait(), if ended.is_none() => {
                if !matches!(phase, Phase::Running) {
                    group.signal(Signal::KILL);
                }
                let now = Instant::now();
                ended = Some((status?, now + DRAIN));
                deadline = now + QUIET;
                continue;
            }
            () = sleep_until(wake) => {
                if flush.is_some_and(|due| due <= Instant::now()) {
                    output.flush().await;
                }
                if ended.is_none() && deadline <= Instant::now() {
                    (phase, deadline) = match phase {
                        Phase::Running => {
                            group.signal(Signal::TERM);
                            (Phase::Terminating, later(Instant::now(), grace))
                        }
                        // Nothing more can be done than to wait for it.
                        Phase::Terminating | Phase::Killed => {
                            group.signal(Signal::KILL);
                            (Phase::Killed, later(Instant::now(), timeout.max(grace)))
                        }
                    };
                }
                continue;
            }
        }
        if ended.is_some() {
            deadline = Instant::now() + QUIET;
        }
    }
}

/// The next bytes from a pipe; `None` at its end, and when it breaks.
async fn next<'a>(
    pipe: &mut Option<impl AsyncRead + Unpin>,
    buffer: &'a mut [u8],
) -> Option<&'a [u8]> {
    let length = pipe.as_mut()?.read(buffer).await.ok().filter(|length| *length > 0)?;
    buffer.get(..length)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
