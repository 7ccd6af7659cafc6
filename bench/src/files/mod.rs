//! `files`: a file of 256 MiB to one client, and one of 1 MiB to 1,000 simulated ones.
//!
//! There is no peer that does the same. What is compared is the bare transport: the wire's own sockets
//! with CURVE, which carry the same bytes in the same run, with nothing behind them. A push is more: the
//! file is hashed, carried to the server, hashed and written there, carried to the client, hashed and
//! written there. All of it shares the machine's cores.

mod bare;
mod many;
mod one;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::Binaries;

/// The file for one client, in MiB.
const LARGE: usize = 256;

/// The file for many, in MiB.
const SMALL: usize = 1;

/// Measures.
pub(crate) fn run(binaries: &Binaries) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let bare = runtime.block_on(bare::measure(LARGE))?;
    one::measure(binaries, bare)?;
    runtime.block_on(many::measure(binaries))
}

/// MiB in a second.
fn rate(mebibytes: usize, time: Duration) -> f64 {
    mebibytes as f64 / time.as_secs_f64()
}

/// Writes a file that no disk and no transport can make smaller.
fn write_noise(path: &Path, mebibytes: usize) -> Result<()> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ mebibytes as u64;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for _ in 0..mebibytes << 17 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes())?;
    }
    Ok(file.flush()?)
}
