//! The processes of a server: all of them together are stopped, continued, or killed.
//!
//! A server is one process that starts others, each in a group and a session of its own. So that
//! none is missed, the first is stopped before its children are listed.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

use crate::process::PATIENCE;

/// Stops all of them where they are.
pub(super) fn pause(server: Pid) -> Result<()> {
    kill_process(server, Signal::STOP).context("the server cannot be stopped")?;
    for child in children(server)? {
        // One that ended meanwhile needs no stopping.
        let _ended = kill_process(child, Signal::STOP);
    }
    Ok(())
}

/// Has all of them go on.
pub(super) fn resume(server: Pid) -> Result<()> {
    for child in children(server)? {
        let _ended = kill_process(child, Signal::CONT);
    }
    kill_process(server, Signal::CONT).context("the server cannot be continued")
}

/// Kills all of them at once, as when the machine fails, and waits until they are gone.
pub(super) fn kill(server: Pid) -> Result<()> {
    kill_process(server, Signal::STOP).context("the server cannot be stopped")?;
    let all = children(server)?.into_iter().chain([server]);
    let all: Vec<OwnedFd> = all.filter_map(|id| pidfd_open(id, PidfdFlags::empty()).ok()).collect();
    for process in &all {
        let _ended = pidfd_send_signal(process, Signal::KILL);
    }
    all.iter().try_for_each(|process| gone(process, PATIENCE))
}

/// Waits until a process is gone.
fn gone(process: &OwnedFd, patience: Duration) -> Result<()> {
    let mut ended = [PollFd::new(process, PollFlags::IN)];
    let limit = Timespec::try_from(patience)?;
    ensure!(poll(&mut ended, Some(&limit))? == 1, "a killed process does not end");
    Ok(())
}

/// The children of a process.
pub(super) fn children(of: Pid) -> Result<Vec<Pid>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").context("/proc")? {
        let name = entry?.file_name();
        let id = name.to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
        // What has ended meanwhile has no such file.
        let stat = id.and_then(|id| {
            Some((id, std::fs::read_to_string(format!("/proc/{}/stat", id.as_raw_nonzero())).ok()?))
        });
        if let Some((id, stat)) = stat
            && parent(&stat) == Some(of)
        {
            found.push(id);
        }
    }
    Ok(found)
}

/// The parent, in what `/proc/ID/stat` says: the second field after the name in parentheses.
fn parent(stat: &str) -> Option<Pid> {
    let after = stat.rsplit_once(')')?.1;
    Pid::from_raw(after.split_whitespace().nth(1)?.parse().ok()?)
}
