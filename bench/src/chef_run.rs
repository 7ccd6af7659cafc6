//! `chef-run`: a command to 50 clients until the Chef program starts on the last of them, with a run list
//! of 30 cookbooks of 600 files: cold (nothing on the clients), warm (nothing changed), and with one file
//! changed.
//!
//! There is no peer that does the same: what Salt would send for it, a chef-client would fetch over HTTP.
//! The floor is what the machine itself sets: the same command, `exec` of the same program, which carries
//! nothing. In place of Chef there is a script that notes when it starts, since Chef's own start takes
//! longer than all that is measured here. All clients are processes on this machine, so what each costs
//! counts 50 times.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;

use crate::Binaries;
use crate::figures::{median, megabytes, millis};

const CLIENTS: usize = 50;
const COOKBOOKS: usize = 30;
const FILES: usize = 20;
/// The bytes of a file: those of recipes and templates are some thousands.
const FILE_BYTES: usize = 4_000;
const WARM_RUNS: usize = 7;

const AIMS: &str = "aims: cold 3 s, warm 300 ms, nothing sent when nothing has changed";

/// Measures.
pub(crate) fn run(binaries: &Binaries) -> Result<()> {
    let house = binaries.installation()?;
    let server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    upload(&house)?;
    let program = house.path("chef-client");
    let marks = house.path("marks");
    fs::create_dir(&marks)?;
    // Without another process: what is measured is when this one starts.
    let script = format!("#!/bin/sh\n: > {}/$PANTRY_IDENTITY\n", marks.display());
    fs::write(&program, script)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let clients = clients(&house, &program)?;
    println!(
        "Pantry: {CLIENTS} clients, {COOKBOOKS} cookbooks with {} files, {} MB in all\n",
        COOKBOOKS * FILES,
        COOKBOOKS * FILES * FILE_BYTES / 1_000_000
    );
    let recipes: Vec<String> = (0..COOKBOOKS).map(cookbook).collect();
    let recipes = recipes.join(",");
    let run = ["-a", "shop", "chef", "run", "--run-list", &recipes];
    let path = program.to_str().context("a path that is not UTF-8")?;
    let exec = ["-a", "shop", "exec", "--", path];
    println!("  {:<34} {:>14} {:>14} {:>18}", "", "last start", "all over", "bytes to a client");

    measure(&house, &marks, &exec, 1)?;
    show("floor: exec of the same program", &measure(&house, &marks, &exec, WARM_RUNS)?);
    show("cold", &measure(&house, &marks, &run, 1)?);
    // The nodes have their run list from the first run on.
    measure(&house, &marks, &run, 1)?;
    show("warm", &measure(&house, &marks, &run, WARM_RUNS)?);
    change(&house)?;
    show("one file changed", &measure(&house, &marks, &run, 1)?);

    let (rss, _) = server.memory_kib()?;
    println!("\n  memory of the server: RSS {}", megabytes(rss));
    let each: Vec<u64> = clients.iter().map(|it| Ok(it.memory_kib()?.0)).collect::<Result<_>>()?;
    println!("  memory of a client, median: RSS {}", megabytes(median(&each)));
    println!("  {AIMS}");
    Ok(())
}

fn cookbook(number: usize) -> String {
    format!("cookbook{number:02}")
}

/// Writes the cookbooks and uploads them.
fn upload(house: &Installation) -> Result<()> {
    for number in 0..COOKBOOKS {
        let name = cookbook(number);
        let folder = house.path("cookbooks").join(&name);
        for part in ["recipes", "templates"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let metadata = format!("name '{name}'\nversion '1.0.0'\n");
        fs::write(folder.join("metadata.rb"), metadata)?;
        fs::write(folder.join("recipes/default.rb"), "")?;
        for file in 2..FILES {
            let text = format!("# {name} {file}\n").repeat(FILE_BYTES / 16);
            fs::write(folder.join(format!("templates/{file}.erb")), text)?;
        }
    }
    let folders = (0..COOKBOOKS).map(|number| format!("cookbooks/{}", cookbook(number)));
    let folders: Vec<String> = folders.collect();
    let mut arguments = vec!["-a", "shop", "chef", "cookbook", "upload", "--force"];
    arguments.extend(folders.iter().map(String::as_str));
    house.succeed(&arguments)?;
    Ok(())
}

/// Changes one file of one cookbook.
fn change(house: &Installation) -> Result<()> {
    let folder = PathBuf::from("cookbooks").join(cookbook(7));
    fs::write(house.path("").join(&folder).join("templates/3.erb"), "changed\n")?;
    let folder = folder.to_string_lossy().into_owned();
    house.succeed(&["-a", "shop", "chef", "cookbook", "upload", "--force", &folder])?;
    Ok(())
}

/// Enrols the clients and starts them.
fn clients(house: &Installation, program: &Path) -> Result<Vec<Process>> {
    let mut clients = Vec::with_capacity(CLIENTS);
    for number in 0..CLIENTS {
        let identity = format!("web{number:02}");
        house.enrol("shop", &identity, &[])?;
        let file = house.path(&format!("shop-{identity}.yml"));
        let text = fs::read_to_string(&file)?;
        // What it tells of its machine would be read and saved while the runs are measured.
        let more = format!("\nchef: {{command: '{}'}}\n", program.display());
        fs::write(&file, text.replace("client:\n", "client:\n  facts: off\n") + &more)?;
        clients.push(house.start_client("shop", &identity)?);
    }
    Ok(clients)
}

/// What came of a command, each the median.
struct Measured {
    last_start: Duration,
    over: Duration,
    bytes: u64,
}

fn show(what: &str, measured: &Measured) {
    let (last, over) = (millis(measured.last_start), millis(measured.over));
    println!("  {what:<34} {last:>14} {over:>14} {:>18}", measured.bytes / CLIENTS as u64);
}

/// Runs a command so many times.
#[expect(clippy::disallowed_methods, reason = "files carry the time of day")]
fn measure(house: &Installation, marks: &Path, command: &[&str], times: usize) -> Result<Measured> {
    let (mut last_starts, mut overs, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times {
        for mark in fs::read_dir(marks)? {
            fs::remove_file(mark?.path())?;
        }
        let before = loopback()?;
        let (began, since) = (Instant::now(), SystemTime::now());
        house.succeed(command)?;
        overs.push(began.elapsed());
        bytes.push(loopback()?.saturating_sub(before));
        last_starts.push(last_mark(marks)?.duration_since(since)?);
    }
    Ok(Measured { last_start: median(&last_starts), over: median(&overs), bytes: median(&bytes) })
}

/// When the last client's program started.
fn last_mark(marks: &Path) -> Result<SystemTime> {
    let (mut count, mut last) = (0, UNIX_EPOCH);
    for mark in fs::read_dir(marks)? {
        last = last.max(mark?.metadata()?.modified()?);
        count += 1;
    }
    ensure!(count == CLIENTS, "the program has started on {count} of {CLIENTS} clients");
    Ok(last)
}

/// All bytes that went over the loopback interface since the machine was started: those of the command
/// line among them.
fn loopback() -> Result<u64> {
    let text = fs::read_to_string("/proc/net/dev")?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("lo:"));
    let received = line.and_then(|line| line.split_whitespace().next());
    Ok(received.context("no loopback interface in /proc/net/dev")?.parse()?)
}
