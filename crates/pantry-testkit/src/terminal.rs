//! A person's terminal: a home of its own, the binary in the PATH, commands typed one after the
//! other.
//!
//! Documents speak to a plain user, so where the tests run as root the commands run as `nobody`.
//! Otherwise they would use the system's folders, and what needs root would go unnoticed.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use tempfile::TempDir;

use crate::documentation::DocumentedCommand;

/// Debian's `nobody`, which owns nothing.
const NOBODY: u32 = 65534;

/// The longest that a command may take to end, or to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal. What it left running is ended when it is dropped.
pub struct Terminal {
    home: TempDir,
    programs: PathBuf,
    background: Vec<Background>,
}

/// A command that goes on.
struct Background {
    text: String,
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Terminal {
    /// A terminal of a plain user who has this binary, and these files and folders in the folder
    /// where the commands are typed.
    pub fn new(binary: &Path, files: &[&Path]) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("pantry-terminal-").tempdir()?;
        let programs = home.path().join("bin");
        std::fs::create_dir(&programs)?;
        // A copy, since `nobody` may not look into the folder where it was built.
        copy(binary, &programs)?;
        for file in files {
            copy(file, home.path())?;
        }
        let terminal = Self { home, programs, background: Vec::new() };
        terminal.give_to_user(terminal.home.path())?;
        Ok(terminal)
    }

    /// Puts another program into the user's PATH, under this name.
    pub fn add_program(&self, program: &Path, name: &str) -> Result<()> {
        let path = self.programs.join(name);
        std::fs::copy(program, &path).with_context(|| path.display().to_string())?;
        self.give_to_user(&path)
    }

    /// The folder in which the commands are typed, which is also the user's home.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Types a command: waits until it ends and gives what it wrote, or until it is ready, if it
    /// goes on in the background. A command that fails is an error with all that was said.
    pub fn run(&mut self, command: &DocumentedCommand) -> Result<String> {
        let result = match &command.ready {
            Some(ready) => self.start(&command.text, ready),
            None => self.finish(&command.text),
        };
        result.with_context(|| {
            let said = self.background.iter_mut().map(Background::report).collect::<String>();
            format!("line {}: {}\n{said}", command.line, command.text)
        })
    }

    fn finish(&mut self, text: &str) -> Result<String> {
        let (mut child, lines) = self.spawn(text)?;
        let deadline = Instant::now() + PATIENCE;
        let mut output = String::new();
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => output.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    end(&mut child);
                    bail!("it has not ended after {PATIENCE:?}; it said:\n{output}");
                }
            }
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("it ended with {status}; it said:\n{output}");
        }
        Ok(output)
    }

    fn start(&mut self, text: &str, ready: &str) -> Result<String> {
        let (child, lines) = self.spawn(text)?;
        let said = Vec::new();
        self.background.push(Background { text: text.to_owned(), child, lines, said });
        let Some(background) = self.background.last_mut() else { bail!("it was not started") };
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match background.lines.recv_timeout(left) {
                Ok(line) => {
                    let is_ready = line.contains(ready);
                    background.said.push(line);
                    if is_ready {
                        return Ok(background.said.concat());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => bail!("it ended before it said `{ready}`"),
                Err(RecvTimeoutError::Timeout) => bail!("it has not said `{ready}`"),
            }
        }
    }

    /// Starts a command in a process group of its own, and a thread that reads what it writes.
    fn spawn(&self, text: &str) -> Result<(Child, Receiver<String>)> {
        let inherited = std::env::var("PATH").unwrap_or_default();
        let (reader, writer) = std::io::pipe()?;
        let mut command = Command::new("sh");
        command.args(["-c", text]).current_dir(self.folder()).process_group(0);
        command.env_clear().env("HOME", self.folder());
        command.env("PATH", format!("{}:{inherited}", self.programs.display()));
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        if geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let child = command.spawn().context("sh could not be started")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
        Ok((child, lines))
    }

    fn give_to_user(&self, path: &Path) -> Result<()> {
        if !geteuid().is_root() {
            return Ok(());
        }
        chown(path, Some(NOBODY), Some(NOBODY))?;
        if path.is_dir() {
            for entry in std::fs::read_dir(path)? {
                self.give_to_user(&entry?.path())?;
            }
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Clients before their server, as a person would.
        for background in self.background.iter_mut().rev() {
            end(&mut background.child);
        }
    }
}

impl Background {
    /// What it said, for a message about a failure.
    fn report(&mut self) -> String {
        self.said.extend(self.lines.try_iter());
        format!("--- {} said:\n{}", self.text, self.said.concat())
    }
}

fn end(child: &mut Child) {
    // It can have ended by itself; then there is nothing to end.
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

/// Copies a file or folder into a folder, with what is in it.
fn copy(from: &Path, folder: &Path) -> Result<()> {
    let name = from.file_name().context("a path without a name")?;
    let to = folder.join(name);
    if from.is_dir() {
        std::fs::create_dir(&to)?;
        for entry in std::fs::read_dir(from)? {
            copy(&entry?.path(), &to)?;
        }
    } else {
        let shown = from.display();
        std::fs::copy(from, &to).with_context(|| format!("{shown} could not be copied"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::documentation::commands;

    /// A terminal whose `pantry` is this script.
    fn terminal(script: &str) -> Terminal {
        let folder = tempfile::tempdir().unwrap();
        let pantry = folder.path().join("pantry");
        std::fs::write(&pantry, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&pantry, std::fs::Permissions::from_mode(0o755)).unwrap();
        Terminal::new(&pantry, &[]).unwrap()
    }

    fn run(terminal: &mut Terminal, lines: &str) -> Result<Vec<String>> {
        let commands = commands(&format!("```sh\n{lines}\n```\n")).unwrap();
        commands.iter().map(|command| terminal.run(command)).collect()
    }

    #[test]
    fn commands_find_the_binary_and_what_earlier_ones_left() {
        let mut terminal = terminal("echo hello $1 > $2");
        let said = run(&mut terminal, "pantry there \"$HOME/note\"\ncat note; id -u").unwrap();
        assert!(said[1].starts_with("hello there\n"), "{said:?}");
        assert!(!said[1].ends_with("\n0\n"), "it ran as root: {said:?}");
    }

    #[test]
    fn the_next_command_waits_until_the_one_before_is_ready() {
        // The server opens its queue only after a while, and then serves one caller.
        let script = "mkfifo queue; echo one moment; echo ready; read line < queue; \
                      echo $line > heard; exec tail -f /dev/null";
        let mut terminal = terminal(script);
        run(&mut terminal, "pantry & # says \"ready\"\necho hello > queue").unwrap();
        let id = terminal.background[0].child.id();
        assert!(Path::new(&format!("/proc/{id}")).exists());
        drop(terminal);
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "it was left running");
    }

    #[test]
    fn a_failure_says_what_was_typed_and_what_the_others_said() {
        let mut terminal = terminal("echo up; exec tail -f /dev/null");
        let error = run(&mut terminal, "pantry & # \"up\"\necho no; exit 3").unwrap_err();
        let error = format!("{error:#}");
        for part in ["line 3: echo no; exit 3", "pantry said:\nup\n", "exit status: 3", "no\n"] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
        let error = run(&mut terminal, "true & # \"up\"").unwrap_err();
        assert!(format!("{error:#}").contains("it ended before it said `up`"), "{error:#}");
    }
}
