//! pgbench: transactions that write one row, as many as PostgreSQL does here.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::postgres::Cluster;
use tokio::process::Command;

use super::contents;

/// One row of the size of a node.
const SCRIPT: &str = "pgbench.sql";

/// A prepared run.
pub(crate) struct PgBench {
    program: PathBuf,
    script: PathBuf,
    url: String,
}

impl PgBench {
    /// Makes the table and the script.
    pub(crate) fn prepare(cluster: &Cluster, database: &str) -> Result<Self> {
        cluster.sql(
            database,
            "CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)",
        )?;
        let body = String::from_utf8(contents::body(0))?;
        let script = format!("INSERT INTO bench (body) VALUES ('{body}');\n");
        let script = cluster.put(SCRIPT, script.as_bytes())?;
        Ok(Self { program: cluster.program("pgbench"), script, url: cluster.url(database) })
    }

    /// Transactions a second with so many clients.
    pub(crate) async fn rate(&self, clients: usize, time: Duration) -> Result<f64> {
        let mut command = Command::new(&self.program);
        command.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "2"]);
        command.args(["--client", &clients.to_string(), "--time", &time.as_secs().to_string()]);
        let output = command.arg("--file").arg(&self.script).arg(&self.url).output().await?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = rate.and_then(|line| line.split_whitespace().next());
        Ok(rate.with_context(|| format!("pgbench said no rate: {said}"))?.parse()?)
    }
}
