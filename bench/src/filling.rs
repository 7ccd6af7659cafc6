//! Filling a server over a few connections at once, until it has all, or takes too long or too much
//! memory: a peer may be one that keeps everything there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::api::server::Server;
use crate::client::Client;

/// How many connections fill a server.
pub(crate) const FILLERS: usize = 4;

/// A server becomes too large here, in KiB.
const MEMORY_LIMIT: u64 = 6 << 20;

/// How far a server was filled.
pub(crate) enum Filled {
    /// It has everything, after so long.
    All(Duration),
    /// This many things were made when a limit came.
    Part(usize),
}

/// Has so many things made, each by its number, over whichever connection is free.
pub(crate) fn fill(
    server: &Server,
    count: usize,
    limit: Duration,
    make: impl Fn(&mut Client, usize) -> Result<()> + Sync,
) -> Result<Filled> {
    let (start, next) = (Instant::now(), AtomicUsize::new(0));
    let (address, process) = (server.address, server.process.id());
    let fill = || -> Result<bool> {
        let mut client = Client::connect(address)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let rss = memory_kib(process, "VmRSS:")?;
            if number >= count || start.elapsed() > limit || rss > MEMORY_LIMIT {
                return Ok(number >= count);
            }
            make(&mut client, number)?;
        }
    };
    let is_done = std::thread::scope(|scope| -> Result<bool> {
        let fillers: Vec<_> = (0..FILLERS).map(|_| scope.spawn(fill)).collect();
        let mut is_done = true;
        for filler in fillers {
            let done = filler.join().map_err(|_| anyhow::anyhow!("a filler has failed"))?;
            is_done &= done?;
        }
        Ok(is_done)
    })?;
    let made = next.into_inner().saturating_sub(FILLERS);
    Ok(if is_done { Filled::All(start.elapsed()) } else { Filled::Part(made) })
}

/// What a process takes of memory at present (`VmRSS:`), or took at most (`VmHWM:`), in KiB.
pub(crate) fn memory_kib(process: u32, field: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    Ok(number.with_context(|| format!("no {field}"))?.parse()?)
}
