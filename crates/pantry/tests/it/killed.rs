//! Kill -9 of the server, of a client, of both, at random points of running jobs, 300 times. Every
//! job that was answered ends in a true state, and none runs twice.
//!
//! Truth is what the programs themselves wrote: each appends a line to its job's file when it
//! starts, and one when it ends.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::{PATIENCE, Process};
use serde_json::Value;

use crate::whole::installation;

const KILLS: usize = 300;
const CLIENTS: usize = 3;

/// Random numbers that a seed repeats (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Lets a random time pass: what is waited for is chance itself.
struct Pause {
    nothing: Receiver<()>,
    /// Held, since a channel without a sender does not wait.
    _sender: Sender<()>,
}

impl Pause {
    fn new() -> Self {
        let (_sender, nothing) = channel();
        Self { nothing, _sender }
    }

    fn pass(&self, millis: u64) {
        let _nothing_comes = self.nothing.recv_timeout(Duration::from_millis(millis));
    }
}

#[test]
fn whatever_is_killed_every_job_ends_true_and_none_runs_twice() -> Result<()> {
    let seed = u64::from(std::process::id()) | 1 << 40;
    println!("seed {seed}");
    let mut chance = Chance(seed);
    let pause = Pause::new();
    let house = installation()?;
    std::fs::create_dir(house.path("marks"))?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let names: Vec<String> = (0..CLIENTS).map(|number| format!("web{number}")).collect();
    let mut clients = Vec::new();
    for name in &names {
        house.enrol("shop", name, &[])?;
        clients.push(house.start_client("shop", name)?);
    }

    let mut answered = Vec::new();
    for kill in 0..KILLS {
        let millis = chance.below(60);
        answered.extend(start_job(&house, millis)?);
        pause.pass(chance.below(80));
        let victim = usize::try_from(chance.below(CLIENTS as u64))?;
        // The server, a client, both, in turn.
        if kill % 3 != 1 {
            server.kill()?;
        }
        if kill % 3 != 0 {
            let client = clients.get_mut(victim).context("no such client")?;
            client.kill()?;
            *client = house.launch_client("shop", names.get(victim).context("no such name")?)?;
        }
        if kill % 3 != 1 {
            pause.pass(chance.below(20));
            server = house.start_server()?;
        }
    }

    let jobs = wait_until_over(&house, &pause, &mut clients)?;
    judge(&house, &jobs, &answered)
}

/// Starts a job on all clients. Its programs take this long. Gives the id, if it was answered.
fn start_job(house: &Installation, millis: u64) -> Result<Option<String>> {
    let marks = house.path("marks");
    let script = format!(
        "echo start >> {0}/$PANTRY_JOB.$PANTRY_IDENTITY; sleep {1}; \
         echo end >> {0}/$PANTRY_JOB.$PANTRY_IDENTITY",
        marks.display(),
        Duration::from_millis(millis).as_secs_f64(),
    );
    let arguments =
        ["-a", "shop", "exec", "--no-wait", "--ttl", "60s", "--timeout", "20s", "--shell", &script];
    let output = house.run(&arguments)?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.split_whitespace().next().filter(|_| output.status.success()).map(str::to_owned))
}

/// All jobs with their deliveries, once every delivery is final.
fn wait_until_over(
    house: &Installation,
    pause: &Pause,
    clients: &mut [Process],
) -> Result<Vec<Value>> {
    let deadline = Instant::now() + 2 * PATIENCE;
    loop {
        let list = house.succeed(&["--json", "-a", "shop", "job", "list", "--limit", "1000"])?;
        let list: Value = serde_json::from_str(&list)?;
        let jobs = list.as_array().context("no list")?.clone();
        let is_open =
            |state: &String| ["queued", "sent", "accepted", "running"].contains(&state.as_str());
        let open = jobs
            .iter()
            .filter(|job| job["states"].as_object().is_some_and(|it| it.keys().any(is_open)))
            .count();
        if open == 0 {
            let ids = jobs.iter().filter_map(|job| job["job"]["id"].as_str());
            return ids
                .map(|id| {
                    Ok(serde_json::from_str(&house.succeed(&["--json", "job", "show", id])?)?)
                })
                .collect();
        }
        let reports: String = clients.iter_mut().map(Process::report).collect();
        ensure!(Instant::now() < deadline, "{open} jobs do not end: {list:#}\n{reports}");
        pause.pass(100);
    }
}

/// Compares what is said of every delivery with what its program wrote.
fn judge(house: &Installation, jobs: &[Value], answered: &[String]) -> Result<()> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut known = Vec::new();
    for view in jobs {
        let job = view["job"]["id"].as_str().context("a job without an id")?;
        known.push(job.to_owned());
        for delivery in view["deliveries"].as_array().context("a job without deliveries")? {
            let identity = delivery["identity"].as_str().context("no identity")?;
            let state = delivery["state"].as_str().context("no state")?;
            let path = house.path("marks").join(format!("{job}.{identity}"));
            let marks = std::fs::read_to_string(path).unwrap_or_default();
            let starts = marks.lines().filter(|line| *line == "start").count();
            ensure!(starts <= 1, "{job} ran {starts} times on {identity}, and is {state}");
            let is_true = match state {
                "succeeded" => marks == "start\nend\n",
                "expired" | "cancelled" => starts == 0,
                "interrupted" => true,
                _ => false,
            };
            ensure!(
                is_true,
                "{job} on {identity} is {state}, and its program wrote {marks:?}: {delivery:#}"
            );
            *counts.entry(state.to_owned()).or_default() += 1;
        }
    }
    for job in answered {
        ensure!(known.contains(job), "{job} was answered, and is not known any more");
    }
    println!("{} jobs answered; deliveries: {counts:?}", answered.len());
    let count = |state: &str| counts.get(state).copied().unwrap_or(0);
    // A test in which hardly anything ran would show nothing.
    ensure!(answered.len() > KILLS * 9 / 10, "only {} jobs were answered", answered.len());
    ensure!(count("succeeded") > KILLS * CLIENTS / 2, "hardly any succeeded: {counts:?}");
    ensure!(count("interrupted") > 0, "no job was ever killed in the middle: {counts:?}");
    Ok(())
}
