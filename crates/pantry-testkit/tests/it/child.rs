//! Processes that a test can kill: this test program once more, running one entry of it, which says
//! what it has and then keeps it until its stdin ends.

use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// A child that has something.
pub(crate) struct Keeper {
    pub(crate) child: Child,
    /// What it said.
    pub(crate) said: String,
    /// Held, since it goes on talking.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Keeper {
    /// Runs this entry (a test's whole name), whose temporary files go into this folder.
    pub(crate) fn spawn(entry: &str, folder: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args([entry, "--exact", "--nocapture", "--ignored"])
            .env("TMPDIR", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The child, once it has what it should.
    pub(crate) fn of(mut child: Child) -> Self {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_, said) = line.split_once("keeping ")?;
            Some(said.to_owned())
        });
        Self { child, said: said.expect("the child ended"), _lines: lines }
    }

    /// Runs an entry until it has what it should.
    pub(crate) fn start(entry: &str, folder: &Path) -> Self {
        Self::of(Self::spawn(entry, folder))
    }

    /// Lets it end by itself.
    pub(crate) fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// In a child: says this, and returns when its stdin has ended.
pub(crate) fn keep(said: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "keeping {said}").and_then(|()| out.flush()).unwrap();
    drop(out);
    let _ended = std::io::stdin().read(&mut [0]);
}

/// A folder where the server's user gets to.
pub(crate) fn open_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), everybody).unwrap();
    folder
}

/// The first process of the server in this folder.
pub(crate) fn server(folder: &Path) -> Pid {
    let text = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap()).unwrap()
}

/// Something whose end can be waited for.
pub(crate) fn watch(process: Pid) -> OwnedFd {
    pidfd_open(process, PidfdFlags::empty()).unwrap()
}

/// Whether a process ends within so many seconds.
pub(crate) fn ends_within(process: &OwnedFd, seconds: i64) -> bool {
    let limit = Timespec { tv_sec: seconds, tv_nsec: 0 };
    poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&limit)).unwrap() == 1
}

/// The parent of a process.
pub(crate) fn parent(process: Pid) -> Pid {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    Pid::from_raw(after.split_whitespace().nth(1).unwrap().parse().unwrap()).unwrap()
}

/// What is in a folder.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
