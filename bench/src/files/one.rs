//! A large file to one client: the whole command, the part of it that the client takes, and both once
//! more when the file is there already.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use serde_json::Value;

use super::{LARGE, rate, write_noise};
use crate::Binaries;
use crate::figures::{median, megabytes, millis};

const ROUNDS: usize = 5;

/// Measures and prints. `bare` is what the transport takes by itself.
pub(super) fn measure(binaries: &Binaries, bare: Duration) -> Result<()> {
    let house = binaries.installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let client = house.start_client("shop", "web1")?;
    write_noise(&house.path("large"), LARGE)?;
    let before = (server.memory_kib()?.0, client.memory_kib()?.0);
    let (mut whole, mut carried) = (Vec::new(), Vec::new());
    let to = house.path("to").display().to_string();
    for _ in 0..ROUNDS {
        let (command, delivery) = push(&house, &to)?;
        whole.push(command);
        carried.push(delivery);
        std::fs::remove_file(&to)?;
    }
    push(&house, &to)?;
    let (again, _) = push(&house, &to)?;
    let (whole, carried) = (median(&whole), median(&carried));
    let ratio = |time: Duration| bare.as_secs_f64() / time.as_secs_f64();
    println!("{LARGE} MiB to one client (median of {ROUNDS})");
    println!(
        "  from the server to the client's disk  {}: {:.0} MiB/s, {:.2} of the bare transport",
        millis(carried),
        rate(LARGE, carried),
        ratio(carried)
    );
    println!(
        "  whole command                         {}: {:.0} MiB/s, {:.2} of the bare transport",
        millis(whole),
        rate(LARGE, whole),
        ratio(whole)
    );
    println!("  the same when the client has it       {}", millis(again));
    println!(
        "  memory afterwards                     server {} (before {}), client {} (before {})",
        megabytes(server.memory_kib()?.0),
        megabytes(before.0),
        megabytes(client.memory_kib()?.0),
        megabytes(before.1)
    );
    Ok(())
}

/// Pushes the file: how long the command took, and the delivery from the job's start to its end.
fn push(house: &Installation, to: &str) -> Result<(Duration, Duration)> {
    let start = Instant::now();
    let said = house.succeed(&["-a", "shop", "--json", "file", "push", "large", to])?;
    let whole = start.elapsed();
    let job: Value = serde_json::from_str(said.lines().next().context("no job")?)?;
    let job = job.get("job").and_then(Value::as_str).context("no job's id")?;
    let view: Value = serde_json::from_str(&house.succeed(&["--json", "job", "show", job])?)?;
    let at =
        |path| view.pointer(path).and_then(Value::as_u64).with_context(|| format!("no {path}"));
    let (begun, ended) = (at("/job/created_at")?, at("/deliveries/0/changed_at")?);
    ensure!(view.pointer("/deliveries/0/state") == Some(&"succeeded".into()), "{view:#}");
    Ok((whole, Duration::from_millis(ended.saturating_sub(begun).max(1))))
}
