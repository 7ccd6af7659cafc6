//! One run at a time, whoever started the other one.
//!
//! Within the agent that is a lock in memory. A Chef that outlived an agent which was killed is known
//! by the process that was noted when it was started: by its number and by when it began, so that
//! another one that has got the number is not taken for it. A Chef that runs without Pantry holds its
//! own lock, which Pantry takes for as long as its run lasts, so that each waits for the other. A lock
//! file that somebody has left behind is only a file: what counts is who holds it.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::OutputStream;
use rustix::fs::{FlockOperation, flock};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::sleep;

use super::folders::Folders;
use super::settings::WhenBusy;
use crate::output::Output;

/// How often it is looked whether somebody else's run has ended.
const PAUSE: Duration = Duration::from_millis(250);

/// Where a Chef without Pantry has its lock, unless it is told otherwise.
const LOCKS: &[&str] = &[
    "/var/chef/cache/chef-client-running.pid",
    "/var/cinc/cache/cinc-client-running.pid",
    "/var/cinc/cache/chef-client-running.pid",
];

/// Whose turn it is.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    one: Arc<Mutex<()>>,
    folders: Folders,
    locks: Vec<PathBuf>,
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _one: OwnedMutexGuard<()>,
    _locks: Vec<File>,
}

/// Another run goes on.
#[derive(Debug)]
enum Busy {
    /// One of this agent's.
    Ours,
    /// One that an agent which was killed has started.
    LeftBehind(u32),
    /// One that this lock belongs to.
    Another(PathBuf),
}

impl Busy {
    fn what(&self) -> String {
        match self {
            Self::Ours => "another run".to_owned(),
            Self::LeftBehind(process) => {
                format!("a run that an earlier agent has started (process {process})")
            }
            Self::Another(lock) => {
                format!("a Chef that was not started by Pantry and holds {}", lock.display())
            }
        }
    }
}

impl Turns {
    /// The turns on this machine.
    pub(super) fn new(folders: Folders) -> Self {
        let locks = LOCKS.iter().map(PathBuf::from).collect();
        Self { one: Arc::default(), folders, locks }
    }

    /// Waits for a turn, if that is what the machine's owner wants. An error is a sentence.
    pub(super) async fn take(
        &self,
        when_busy: WhenBusy,
        machine: &str,
        output: &mut Output,
    ) -> Result<Turn, String> {
        let mut told = false;
        let mut busy = async |busy: Busy| {
            let what = busy.what();
            if when_busy == WhenBusy::Refuse {
                return Err(format!(
                    "{machine} runs Chef already, and chef.when_busy in its client.yml is `refuse`: \
                     there is {what}"
                ));
            }
            if !told {
                told = true;
                let note = format!("[pantry: waits for the end of {what}]\n");
                output.write(OutputStream::Stderr, note.as_bytes()).await;
                output.flush().await;
            }
            Ok(())
        };
        let one = match Arc::clone(&self.one).try_lock_owned() {
            Ok(one) => one,
            Err(_) => {
                busy(Busy::Ours).await?;
                Arc::clone(&self.one).lock_owned().await
            }
        };
        loop {
            match self.outside() {
                Ok(locks) => return Ok(Turn { _one: one, _locks: locks }),
                Err(other) => busy(other).await?,
            }
            sleep(PAUSE).await;
        }
    }

    /// The locks of Chefs without Pantry, if nobody holds them and nothing else runs.
    fn outside(&self) -> Result<Vec<File>, Busy> {
        if let Some(process) = self.left_behind() {
            return Err(Busy::LeftBehind(process));
        }
        let own = self.folders.chef_lock();
        // Chef takes it itself, so it is given back at once.
        if let Taken::ByAnother = take_lock(&own) {
            return Err(Busy::Another(own));
        }
        let mut locks = Vec::new();
        for path in &self.locks {
            match take_lock(path) {
                Taken::ByUs(file) => locks.push(file),
                Taken::ByAnother => return Err(Busy::Another(path.clone())),
                Taken::NotThere => {}
            }
        }
        Ok(locks)
    }

    /// The process that was started last, if it still runs.
    fn left_behind(&self) -> Option<u32> {
        let text = fs::read_to_string(self.folders.running()).ok()?;
        let (process, began) = text.trim().split_once(' ')?;
        let process = process.parse().ok()?;
        (began_at(process)? == began).then_some(process)
    }

    /// Notes which process runs now.
    pub(super) fn started(&self, process: u32) {
        let Some(began) = began_at(process) else { return };
        if let Err(error) = fs::write(self.folders.running(), format!("{process} {began}\n")) {
            tracing::warn!(%error, "cannot note which process is the Chef run");
        }
    }

    /// Notes that it has ended.
    pub(super) fn ended(&self) {
        // If it stays, it names a process that is gone.
        let _ = fs::remove_file(self.folders.running());
    }
}

enum Taken {
    ByUs(File),
    ByAnother,
    NotThere,
}

fn take_lock(path: &std::path::Path) -> Taken {
    let Ok(file) = File::options().read(true).write(true).open(path) else {
        // What cannot be opened cannot be asked; a lock that is not there nobody holds.
        return Taken::NotThere;
    };
    match flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from) {
        Ok(()) => Taken::ByUs(file),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Taken::ByAnother,
        Err(_) => Taken::NotThere,
    }
}

/// When a process began, in ticks since the machine did; `None` if it is gone.
fn began_at(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold blanks.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn turns(home: &std::path::Path) -> Turns {
        let folders = Folders::of(home);
        folders.make().unwrap();
        let mut turns = Turns::new(folders);
        turns.locks = vec![home.join("plain-chef.pid")];
        turns
    }

    #[test]
    fn a_process_that_outlived_its_agent_is_known_again() {
        let home = tempfile::tempdir().unwrap();
        let turns = turns(home.path());
        assert!(turns.outside().is_ok());
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        turns.started(child.id());
        assert!(matches!(turns.outside(), Err(Busy::LeftBehind(id)) if id == child.id()));
        // Another process with that number is another process.
        let text = fs::read_to_string(turns.folders.running()).unwrap();
        fs::write(turns.folders.running(), text.trim().to_owned() + "1\n").unwrap();
        assert!(turns.outside().is_ok());
        fs::write(turns.folders.running(), text).unwrap();
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(turns.outside().is_ok());
        for bad in ["", "x", "1 2 3", "99999999999 1"] {
            fs::write(turns.folders.running(), bad).unwrap();
            assert!(turns.outside().is_ok(), "{bad}");
        }
    }

    #[test]
    fn a_lock_counts_while_somebody_holds_it() {
        let home = tempfile::tempdir().unwrap();
        let turns = turns(home.path());
        for path in [turns.folders.chef_lock(), home.path().join("plain-chef.pid")] {
            fs::write(&path, "4242").unwrap();
            assert!(turns.outside().is_ok(), "left behind, it does no harm");
            let held = File::open(&path).unwrap();
            flock(&held, FlockOperation::LockExclusive).unwrap();
            assert!(matches!(turns.outside(), Err(Busy::Another(which)) if which == path));
        }
    }

    #[test]
    fn a_plain_chef_waits_for_our_run() {
        let home = tempfile::tempdir().unwrap();
        let turns = turns(home.path());
        let path = home.path().join("plain-chef.pid");
        fs::write(&path, "").unwrap();
        let locks = turns.outside().unwrap();
        assert!(matches!(take_lock(&path), Taken::ByAnother));
        drop(locks);
        assert!(matches!(take_lock(&path), Taken::ByUs(_)));
    }
}
