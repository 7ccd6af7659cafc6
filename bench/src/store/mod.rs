//! `store`: the storage backends, each asked through the seam by turns, beside what PostgreSQL
//! itself reaches here: a bare loop of the same statements for reads, pgbench for writes.
//!
//! PostgreSQL syncs here as it would at home, so the disk and the cores that server and load share
//! set the figures; what counts is the ratio.

mod bare;
mod contents;
mod load;
mod pgbench;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use pantry_store::Store;
use pantry_store_postgres::{Config, PostgresStore};
use pantry_store_sqlite::SqliteStore;
use pantry_testkit::postgres::Cluster;

use self::bare::Bare;
use self::contents::{APPLICATIONS, NODES};
use self::load::{Load, Work};
use self::pgbench::PgBench;
use crate::figures::micros;

const ROUNDS: usize = 5;
const TIME: Duration = Duration::from_secs(2);
const DATABASE: &str = "pantry";

/// How many connections the store may have: the default of a server.
const CONNECTIONS: usize = 16;

/// Measures.
pub(crate) fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<()> {
    let cluster = Cluster::running(&[("fsync", "on"), ("shared_buffers", "128MB")])?;
    cluster.sql("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
    let folder = tempfile::tempdir()?;
    let config = Config::parse(&cluster.url(DATABASE))?.with_pool(CONNECTIONS);
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path())?);
    let postgres: Arc<dyn Store> = Arc::new(PostgresStore::open(&config).await?);
    let loads = [Load::new("SQLite", sqlite).await?, Load::new("PostgreSQL", postgres).await?];
    let bare = Bare::connect(&cluster.url(DATABASE)).await?;
    let pgbench = PgBench::prepare(&cluster, DATABASE)?;
    println!(
        "{APPLICATIONS} applications, {NODES} nodes of {} bytes in the first; PostgreSQL by its socket, \
         {CONNECTIONS} connections, fsync on;\nthe median of {ROUNDS} rounds of {} s, by turns",
        contents::BYTES,
        TIME.as_secs(),
    );
    for work in Work::ALL {
        println!("\n{}", work.title());
        let mut rates: Vec<(&str, Vec<f64>)> = Vec::new();
        for _ in 0..ROUNDS {
            for load in &loads {
                note(&mut rates, load.title, load.rate(*work, TIME).await?);
            }
            if let Some(rate) = bare.rate(*work, TIME).await? {
                note(&mut rates, "tokio-postgres, bare", rate);
            }
            if let Some(clients) = work.pgbench_clients() {
                let title = if clients == 1 { "pgbench, 1 client" } else { "pgbench, 16 clients" };
                note(&mut rates, title, pgbench.rate(clients, TIME).await?);
            }
        }
        report(rates);
    }
    Ok(())
}

fn note(rates: &mut Vec<(&'static str, Vec<f64>)>, title: &'static str, rate: f64) {
    match rates.iter_mut().find(|(known, _)| *known == title) {
        Some((_, of)) => of.push(rate),
        None => rates.push((title, vec![rate])),
    }
}

fn report(rates: Vec<(&str, Vec<f64>)>) {
    let mut medians = Vec::new();
    for (title, mut rates) in rates {
        rates.sort_unstable_by(f64::total_cmp);
        let rate = |at: usize| rates.get(at).copied().unwrap_or_default();
        let median = rate(rates.len() / 2);
        println!(
            "  {title:<22} {median:>8.0} a second ({:.0} to {:.0}), {} each",
            rate(0),
            rate(rates.len() - 1),
            micros(Duration::from_secs_f64(1.0 / median.max(1.0))),
        );
        medians.push((title, median));
    }
    if let [_, (_, ours), (peer, theirs)] = medians.as_slice() {
        println!("  PostgreSQL through the store reaches {:.0} % of {peer}", 100.0 * ours / theirs);
    }
}
