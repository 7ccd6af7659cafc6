//! `api`: signed requests for an API client and for a user, as many as are answered in a second,
//! beside goiardi.
//!
//! Both servers run all the time and are asked by turns, so that whatever else the machine does
//! falls on both. They, and the load, share the cores; so CPU time for a request says more about a
//! server than its rate does where something else is running.

mod answer;
pub(crate) mod goiardi;
mod load;
pub(crate) mod pantry;
pub(crate) mod server;
pub(crate) mod signer;

use std::time::Duration;

use anyhow::{Context as _, Result};
use pantry_sign::PrivateKey;

use self::goiardi::Goiardi;
use self::pantry::Pantry;
use self::server::{ACTORS, Kind, Round, Server};
use crate::Binaries;
use crate::figures::{megabytes, micros};

const ROUNDS: usize = 7;
const TIME: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_secs(1);

/// Measures.
pub(crate) fn run(binaries: &Binaries, with_peer: bool) -> Result<()> {
    let key = PrivateKey::generate(PrivateKey::USUAL_BITS)?;
    let pantry = Pantry::prepare(binaries)?;
    let mut servers = vec![pantry.start()?];
    let goiardi = if with_peer { Some(Goiardi::install()?) } else { None };
    if let Some(goiardi) = &goiardi {
        servers.push(goiardi.start()?);
    }
    println!(
        "{} connections, kept alive; {ACTORS} API clients and {ACTORS} users with keys of {} bits, \
         each asking for itself; signed before, protocol {};\n\
         the round with the median rate of {ROUNDS} of {} s, the servers by turns, after a warm-up",
        load::CONNECTIONS,
        PrivateKey::USUAL_BITS,
        signer::PROTOCOL.number(),
        TIME.as_secs(),
    );
    for server in &servers {
        server.fill(&key)?;
    }
    for kind in Kind::ALL {
        println!("\nGET {}", servers.first().context("no server")?.pattern(kind));
        let medians = measure(&servers, kind, &key)?;
        if let [ours, theirs] = medians.as_slice() {
            println!(
                "  ratio              rate {:.1} : 1, CPU 1 : {:.1}",
                ours.rate / theirs.rate,
                theirs.cpu.as_secs_f64() / ours.cpu.as_secs_f64(),
            );
        }
    }
    println!("\nserver memory after all this");
    for server in &servers {
        let (rss, pss) = server.process.memory_kib()?;
        println!("  {:<18} RSS {}, PSS {}", server.title, megabytes(rss), megabytes(pss));
    }
    Ok(())
}

/// Asks all servers by turns, prints each one's round with the median rate, and gives it.
fn measure(servers: &[Server], kind: Kind, key: &PrivateKey) -> Result<Vec<Round>> {
    let mut all = Vec::new();
    for server in servers {
        let requests = server.requests(kind, key)?;
        server.round(&requests, WARM_UP)?;
        all.push((server, requests, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (server, requests, rounds) in &mut all {
            rounds.push(server.round(requests, TIME)?);
        }
    }
    let mut medians = Vec::new();
    for (server, _, rounds) in &mut all {
        rounds.sort_unstable_by(|one, other| one.rate.total_cmp(&other.rate));
        let median = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
        let rate = |round: Option<&Round>| round.map_or(0.0, |round| round.rate);
        println!(
            "  {:<18} {:>6.0} a second ({:.0} to {:.0}), p50 {}, p99 {}; CPU for each {}, of the load {}",
            server.title,
            median.rate,
            rate(rounds.first()),
            rate(rounds.last()),
            micros(median.p50),
            micros(median.p99),
            micros(median.cpu),
            micros(median.own_cpu),
        );
        medians.push(median);
    }
    Ok(medians)
}
