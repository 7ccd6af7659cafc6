//! A small file to 1,000 simulated clients, which connect to the file service when they are told, fetch
//! the file, and throw it away.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::process::Process;
use pantry_testkit::simulated::{self, News};
use pantry_wire::client::Network;
use tokio::sync::mpsc;

use super::{SMALL, rate, write_noise};
use crate::Binaries;
use crate::clients::{CLIENTS, enrol, reach, wait_for};
use crate::figures::{median, megabytes, millis};

const ROUNDS: usize = 3;

/// Measures and prints.
pub(super) async fn measure(binaries: &Binaries) -> Result<()> {
    let house = binaries.installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let (keys, address) = reach(&house)?;
    let network = Arc::new(Network::start(2 * CLIENTS + 8)?);
    let machines = enrol(&network, &address, &keys).await?;
    let (sender, mut news) = mpsc::unbounded_channel();
    for (machine, keys) in machines {
        simulated::start(&network, &address, machine, keys, sender.clone())?;
    }
    wait_for(&mut news, News::Ready).await?;
    write_noise(&house.path("small"), SMALL)?;
    let before = server.memory_kib()?.0;
    let (mut answered, mut commands) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut command = house.command(&["-a", "shop", "--json", "file", "push", "small", "/to"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        let push = command.spawn()?;
        // What it says is read while it is said, or it would wait.
        let push = std::thread::spawn(move || push.wait_with_output());
        wait_for(&mut news, News::Answered).await?;
        answered.push(start.elapsed());
        let ended = tokio::task::block_in_place(|| push.join());
        let output = ended.map_err(|_| anyhow::anyhow!("nobody waits for the command"))??;
        commands.push(start.elapsed());
        let said = String::from_utf8_lossy(&output.stdout);
        let bytes = format!("{} bytes", SMALL << 20);
        let whole = said.matches(&bytes).count();
        ensure!(output.status.success() && whole == CLIENTS, "{whole} of {CLIENTS} have it all");
    }
    let (answered, commands) = (median(&answered), median(&commands));
    println!("{SMALL} MiB to {CLIENTS} simulated clients (median of {ROUNDS})");
    println!(
        "  all have it                           {}: {:.0} MiB/s in all",
        millis(answered),
        rate(SMALL * CLIENTS, answered)
    );
    println!("  whole command                         {}", millis(commands));
    println!(
        "  server memory                         {} before, at most {}, {} afterwards",
        megabytes(before),
        megabytes(peak_kib(&server)?),
        megabytes(server.memory_kib()?.0)
    );
    Ok(())
}

/// The most memory that a process has had, in KiB.
fn peak_kib(process: &Process) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.context("no VmHWM")?.parse().context("VmHWM")
}
