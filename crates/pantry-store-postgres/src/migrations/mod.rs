//! The schema, as a list of steps that only ever grows.
//!
//! Each step is one SQL file and runs in one transaction, which also writes its number down: a
//! server that is killed between two steps goes on with the second. Servers that start at the same
//! time do so one after the other, by an advisory lock that ends with its connection. There is no
//! way back; a schema that is newer than the program is refused.
//!
//! Older servers still run while a newer one starts. So a step must leave them what they know: it
//! adds (a column with a default, a table, an index), and what nobody needs any more goes in a step
//! of a later version. A step that must wait for a lock that others hold gives up soon, so that
//! they do not queue behind it, and is tried again.

#[cfg(test)]
mod tests;

use std::time::Duration;

use pantry_store::StoreError;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::error::Error;

/// The steps, oldest first.
pub const STEPS: &[&str] = &[
    include_str!("0001_begin.sql"),
    include_str!("0002_search.sql"),
    include_str!("0003_contents.sql"),
    include_str!("0004_runs.sql"),
];

/// The advisory lock of whoever migrates. Those of scopes are hashes.
const LOCK: &str = "SELECT pg_advisory_lock(7265)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7265)";

/// Where the numbers of steps that were done are.
const BEGIN: &str = "CREATE TABLE IF NOT EXISTS pantry_migrations \
    (number integer PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())";
const FOUND: &str = "SELECT COALESCE(MAX(number), 0) FROM pantry_migrations";
const EXISTS: &str = "SELECT to_regclass('pantry_migrations') IS NOT NULL";

/// How long a step waits for a lock, how often it is tried, and how long is between.
const WAIT_FOR_LOCK: &str = "SET LOCAL lock_timeout = '2s'";
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_millis(500);

/// Brings the database to the newest schema that this program knows. Leaves the connection with
/// settings that are for nothing else.
pub(crate) async fn migrate(client: &Client) -> Result<(), Error> {
    run(client, STEPS).await
}

/// The number of the schema, which must not be newer than what this program knows; `None` if this is
/// no database of ours yet. Changes nothing.
pub(crate) async fn look(client: &Client) -> Result<Option<u32>, Error> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let found = found(client).await?.map(|found| u32::try_from(found).unwrap_or(0));
    match found {
        Some(found) if found > known => Err(StoreError::NewerSchema { found, known }.into()),
        found => Ok(found),
    }
}

async fn run(client: &Client, steps: &[&str]) -> Result<(), Error> {
    let known = i32::try_from(steps.len()).unwrap_or(i32::MAX);
    // Whoever finds the schema as it should be waits for nobody and needs no right to change it.
    if found(client).await? == Some(known) {
        return Ok(());
    }
    client.batch_execute("SET lock_timeout = 0").await?;
    client.batch_execute(LOCK).await?;
    let outcome = run_alone(client, steps, known).await;
    client.batch_execute(UNLOCK).await?;
    outcome
}

async fn run_alone(client: &Client, steps: &[&str], known: i32) -> Result<(), Error> {
    client.batch_execute(BEGIN).await?;
    let found = found(client).await?.unwrap_or(0);
    if found > known {
        let [found, known] = [found, known].map(|number| u32::try_from(number).unwrap_or(0));
        return Err(StoreError::NewerSchema { found, known }.into());
    }
    for (number, step) in (1..).zip(steps).skip_while(|(number, _)| *number <= found) {
        let done = format!("INSERT INTO pantry_migrations (number) VALUES ({number})");
        let step = format!("BEGIN; {WAIT_FOR_LOCK}; {step}; {done}; COMMIT");
        let mut tries = 1;
        while let Err(error) = client.batch_execute(&step).await {
            client.batch_execute("ROLLBACK").await?;
            if error.code() != Some(&SqlState::LOCK_NOT_AVAILABLE) || tries == TRIES {
                return Err(error.into());
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
        tracing::info!(number, "the database's schema was brought forward");
    }
    Ok(())
}

/// The number of the last step that was done; `None` if this is no database of ours yet.
async fn found(client: &Client) -> Result<Option<i32>, Error> {
    if !client.query_one(EXISTS, &[]).await?.get::<_, bool>(0) {
        return Ok(None);
    }
    Ok(Some(client.query_one(FOUND, &[]).await?.get(0)))
}
