//! `search`: saves of nodes that are found at once, searches of each kind, and what the index takes of
//! disk and memory; on SQLite and on PostgreSQL, beside goiardi where that can be borne.
//!
//! One server after the other, since each is to have the machine to itself. Requests are signed one by
//! one, and that is not counted; load and server share the cores.

mod nodes;
mod site;
mod work;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use pantry_model::Json;
use pantry_query::Terms;
use pantry_testkit::postgres::Cluster;

use self::nodes::Node;
use self::site::Site;
use crate::Binaries;
use crate::api::goiardi::Goiardi;
use crate::api::pantry::Pantry;
use crate::api::server::Server;
use crate::figures::{median, megabytes, micros};
use crate::filling::{Filled, memory_kib};

/// How many nodes there are, unless `--nodes=N` says it.
const NODES: [usize; 2] = [1_000, 10_000];

/// With more, the peer is not measured: it keeps everything in memory.
const PEER_NODES: usize = 1_000;

/// How long a server may be filled.
const LIMIT: Duration = Duration::from_secs(1_200);
const PEER_LIMIT: Duration = Duration::from_secs(300);

const DATABASE: &str = "pantry";

/// Measures. Options: `--nodes=N`, and `--only=sqlite`, `--only=postgres` or `--only=peer`.
pub(crate) fn run(binaries: &Binaries, with_peer: bool, options: &[String]) -> Result<()> {
    let option = |name: &str| options.iter().find_map(|option| option.strip_prefix(name));
    let counts = match option("--nodes=") {
        Some(number) => vec![number.parse().context("--nodes= takes a number")?],
        None => NODES.to_vec(),
    };
    let only = option("--only=");
    if !matches!(only, None | Some("sqlite" | "postgres" | "peer")) {
        bail!("--only= takes sqlite, postgres or peer");
    }
    let is_meant = |name: &str| only.is_none_or(|only| only == name);
    for nodes in counts {
        let bytes: usize = (0..20).map(|number| Node { number }.json(0).to_string().len()).sum();
        println!("{nodes} nodes of some {} bytes; {}", bytes / 20, comparing());
        if is_meant("sqlite") {
            let pantry = Pantry::on_sqlite(binaries)?;
            let mut server = pantry.start()?;
            measure(&server, nodes, LIMIT)?;
            server.process.terminate()?;
            disk(folder_bytes(&pantry.data())?, nodes);
        }
        if is_meant("postgres") {
            let cluster = Cluster::running(&[("fsync", "on"), ("shared_buffers", "128MB")])?;
            cluster.sql("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
            let pantry = Pantry::on_postgres(binaries, &cluster.url(DATABASE))?;
            let mut server = pantry.start()?;
            measure(&server, nodes, LIMIT)?;
            server.process.terminate()?;
            let size = format!("SELECT pg_database_size('{DATABASE}')");
            disk(cluster.sql(DATABASE, &size)?.trim().parse()?, nodes);
        }
        if with_peer && is_meant("peer") && nodes <= PEER_NODES {
            measure(&Goiardi::install()?.start()?, nodes, PEER_LIMIT)?;
        }
    }
    Ok(())
}

fn measure(server: &Server, nodes: usize, limit: Duration) -> Result<()> {
    println!("\n{}", server.title);
    let mut site = Site::new(server)?;
    match site.fill(nodes, limit)? {
        Filled::All(time) => {
            let each = time.as_secs_f64() * 1000.0 / nodes as f64;
            println!("  filled in {:.1} s, {each:.1} ms for a node", time.as_secs_f64());
            if work::follows(&mut site, nodes, limit.saturating_sub(time))? {
                work::saves(&mut site, nodes)?;
                work::searches(&mut site, nodes)?;
            }
        }
        Filled::Part(made) => println!(
            "  ended with {made} nodes, after {} s at most or for its size",
            limit.as_secs()
        ),
    }
    let (rss, pss) = server.process.memory_kib()?;
    println!(
        "  memory: RSS {}, PSS {}, at most {}",
        megabytes(rss),
        megabytes(pss),
        megabytes(memory_kib(server.process.id(), "VmHWM:")?)
    );
    Ok(())
}

/// What it takes of a save to find out by what a node is no longer found, and by what from now on.
fn comparing() -> String {
    let texts = [0, 1].map(|run| Node { number: 42 }.json(run).to_string());
    let (mut times, mut terms, mut changed) = (Vec::new(), 0, 0);
    for _ in 0..100 {
        let start = Instant::now();
        let [before, after] = texts.each_ref().map(|it| Json::read(it).as_ref().map(Terms::of));
        if let (Some(before), Some(after)) = (before, after) {
            (changed, terms) = (after.since(&before).new.len(), after.len());
        }
        times.push(start.elapsed());
    }
    let time = micros(median(&times));
    format!("two of {terms} terms of which {changed} differ are read and compared in {time}")
}

fn disk(bytes: u64, nodes: usize) {
    println!(
        "  disk: {:.1} MB, {:.1} kB for a node\n",
        bytes as f64 / 1e6,
        bytes as f64 / 1e3 / nodes as f64
    );
}

fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
