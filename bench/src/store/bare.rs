//! A loop of the same reads with nothing around them: one connection, one prepared statement.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio_postgres::{Client, NoTls};

use super::contents::{self, NODES};
use super::load::Work;

const OBJECT: &str = "SELECT d.name, d.body, d.hash, d.object_id, d.acl \
    FROM scopes s JOIN documents d ON d.scope = s.id \
    WHERE s.name = $1 AND d.kind = $2 AND d.name = $3 AND d.object_id IS NOT NULL";
const GENERATIONS: &str =
    "SELECT name, id, security, environments FROM scopes WHERE name = ANY($1::text[])";
const NAMES: &str = "SELECT d.name FROM scopes s JOIN documents d ON d.scope = s.id \
    WHERE s.name = $1 AND d.kind = $2 ORDER BY d.name";

/// A connection.
pub(crate) struct Bare(Client);

impl Bare {
    /// Connects.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("SET plan_cache_mode = force_generic_plan").await?;
        Ok(Self(client))
    }

    /// How often a second the work is done; `None` if it is no read.
    pub(crate) async fn rate(&self, work: Work, time: Duration) -> Result<Option<f64>> {
        let client = &self.0;
        let text = match work {
            Work::Read => OBJECT,
            Work::Generations => GENERATIONS,
            Work::List => NAMES,
            Work::Write | Work::WritesOfOne | Work::WritesOfAll | Work::Mixed => return Ok(None),
        };
        let statement = client.prepare(text).await?;
        let scope = contents::scope(0)?;
        let (begun, mut done) = (Instant::now(), 0usize);
        while begun.elapsed() < time {
            let rows = match work {
                Work::Read => {
                    let name = contents::node(done.wrapping_mul(7919) % NODES);
                    client.query(&statement, &[&scope.as_str(), &"node", &name]).await?
                }
                Work::Generations => {
                    let scopes = vec!["_global", scope.as_str()];
                    client.query(&statement, &[&scopes]).await?
                }
                _ => client.query(&statement, &[&scope.as_str(), &"node"]).await?,
            };
            // As values, since nobody reads rows only to count them.
            for row in &rows {
                let name: String = row.try_get(0)?;
                ensure!(!name.is_empty());
            }
            ensure!(!rows.is_empty());
            done += 1;
        }
        Ok(Some(done as f64 / begun.elapsed().as_secs_f64()))
    }
}
