//! `echo`: `pantry -a shop echo hi` to 10, 25 and 50 real client processes. The time is that of the
//! whole command, from the start of its process to its end, with every delivery on disk.

use std::io::Write as _;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pantry_testkit::process::Process;

use crate::Binaries;
use crate::figures::{median, megabytes, millis};
use crate::salt::{self, Salt};

const SIZES: [usize; 3] = [10, 25, 50];
const ROUNDS: usize = 21;
const IDLE: Duration = Duration::from_secs(20);

/// Measures.
pub(crate) fn run(binaries: &Binaries, with_peer: bool) -> Result<()> {
    let salt = if with_peer { Some(Salt::install()?) } else { None };
    println!("the disk: an fdatasync takes {} (median of {ROUNDS})", millis(fdatasync_time()?));
    println!(
        "each row: {ROUNDS} rounds of the whole command; idle CPU over {} s\n",
        IDLE.as_secs()
    );
    for size in SIZES {
        let ours = measure(binaries, size)?;
        println!("{size} clients");
        println!(
            "  echo, whole command    median {}, slowest {}",
            millis(ours.echo),
            millis(ours.slowest)
        );
        println!(
            "  client process         RSS {}, PSS {}",
            megabytes(ours.client_rss),
            megabytes(ours.client_pss)
        );
        println!("  server process         RSS {}", megabytes(ours.server_rss));
        println!(
            "  CPU while idle         a client {}, the server {}",
            share(ours.client_idle),
            share(ours.server_idle)
        );
        if let Some(salt) = &salt {
            let theirs = salt.measure(size)?;
            println!(
                "  Salt {}, test.ping  median {}, minion RSS {}",
                salt::VERSION,
                millis(theirs.ping),
                megabytes(theirs.minion_rss)
            );
            println!(
                "  ratio                  time 1 : {:.0}, memory 1 : {:.1}",
                theirs.ping.as_secs_f64() / ours.echo.as_secs_f64(),
                theirs.minion_rss as f64 / ours.client_rss as f64,
            );
        }
    }
    Ok(())
}

/// What was measured of one size. Memory is in KiB, and the median of the clients.
struct Measured {
    echo: Duration,
    slowest: Duration,
    client_rss: u64,
    client_pss: u64,
    server_rss: u64,
    /// CPU time used within [`IDLE`].
    client_idle: Duration,
    server_idle: Duration,
}

fn measure(binaries: &Binaries, size: usize) -> Result<Measured> {
    let house = binaries.installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let mut clients = Vec::new();
    for number in 0..size {
        let name = format!("web{number:03}");
        house.enrol("shop", &name, &[])?;
        clients.push(house.start_client("shop", &name)?);
    }
    let mut times = Vec::new();
    // The first two rounds warm everything up.
    for round in 0..ROUNDS + 2 {
        let start = Instant::now();
        let output = house.run(&["-a", "shop", "echo", "hi"])?;
        let took = start.elapsed();
        let answers = String::from_utf8_lossy(&output.stdout).matches("| hi").count();
        ensure!(output.status.success() && answers == size, "only {answers} of {size} answered");
        if round >= 2 {
            times.push(took);
        }
    }
    let memory = clients.iter().map(Process::memory_kib).collect::<Result<Vec<_>>>()?;
    let cpu = || clients.iter().map(Process::cpu_time).sum::<Result<Duration>>();
    let (clients_before, server_before) = (cpu()?, server.cpu_time()?);
    rest(IDLE);
    Ok(Measured {
        echo: median(&times),
        slowest: times.iter().copied().max().unwrap_or_default(),
        client_rss: median(&memory.iter().map(|(rss, _)| *rss).collect::<Vec<_>>()),
        client_pss: median(&memory.iter().map(|(_, pss)| *pss).collect::<Vec<_>>()),
        server_rss: server.memory_kib()?.0,
        client_idle: (cpu()? - clients_before) / u32::try_from(size)?,
        server_idle: server.cpu_time()? - server_before,
    })
}

/// CPU time used while idle, as a share of one core.
fn share(used: Duration) -> String {
    format!("{:.2} %", used.as_secs_f64() / IDLE.as_secs_f64() * 100.0)
}

/// Lets time pass in which nothing is asked.
pub(crate) fn rest(time: Duration) {
    let (_sender, nothing) = channel::<()>();
    let _nothing_comes = nothing.recv_timeout(time);
}

/// What the machine itself asks for something durable.
pub(crate) fn fdatasync_time() -> Result<Duration> {
    let mut file = tempfile::tempfile()?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    Ok(median(&times))
}
