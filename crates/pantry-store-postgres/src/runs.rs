//! Reports of Chef runs, of which each node keeps its newest.

use pantry_model::chef::runs::{RunId, RunReport, RunSummary};
use pantry_store::columns::{run_report, run_summary, to_json};
use pantry_store::{RunsWanted, Scope, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, wanted};

sql! {
    // Of a node that is not there in any form it adds no row, and another's it does not touch.
    PUT_RUN = "INSERT INTO runs AS r (scope, run, node, recorded_at, status, summary, detail) \
        SELECT s.id, $2, $3, $4, $5, $6, $7 FROM scopes s WHERE s.name = $1 \
            AND EXISTS (SELECT 1 FROM documents d WHERE d.scope = s.id \
            AND d.kind IN ('node', 'api-client') AND d.name = $3) \
        ON CONFLICT (scope, run) DO UPDATE SET status = excluded.status, \
        summary = excluded.summary, detail = excluded.detail WHERE r.node = excluded.node \
        RETURNING r.id";
    INTERRUPT_RUNS = "UPDATE runs SET status = 'aborted' \
        WHERE scope = (SELECT id FROM scopes WHERE name = $1) AND node = $2 \
        AND status = 'started' AND (recorded_at, run) < (SELECT b.recorded_at, b.run FROM runs b \
            WHERE b.scope = (SELECT id FROM scopes WHERE name = $1) AND b.run = $3 AND b.node = $2)";
    PRUNE_RUNS = "DELETE FROM runs WHERE scope = (SELECT id FROM scopes WHERE name = $1) \
        AND node = $2 AND (recorded_at, run) <= (SELECT b.recorded_at, b.run FROM runs b \
            WHERE b.scope = (SELECT id FROM scopes WHERE name = $1) AND b.node = $2 \
            ORDER BY b.recorded_at DESC, b.run DESC OFFSET $3 LIMIT 1)";
    RUNS = "SELECT summary, recorded_at, status FROM runs \
        WHERE scope = (SELECT id FROM scopes WHERE name = $1) AND (recorded_at, run) < ($2, $3) \
        AND ($4::text IS NULL OR status = $4) ORDER BY recorded_at DESC, run DESC LIMIT $5";
    RUNS_OF_NODE = "SELECT summary, recorded_at, status FROM runs \
        WHERE scope = (SELECT id FROM scopes WHERE name = $1) AND node = $6 \
        AND (recorded_at, run) < ($2, $3) AND ($4::text IS NULL OR status = $4) \
        ORDER BY recorded_at DESC, run DESC LIMIT $5";
    RUN = "SELECT r.summary, r.recorded_at, r.status, r.detail \
        FROM scopes s JOIN runs r ON r.scope = s.id WHERE s.name = $1 AND r.run = $2";
    FORGET_RUNS = "DELETE FROM runs WHERE node = $2 \
        AND scope = (SELECT id FROM scopes WHERE name = $1)";
}

/// After every id there can be.
const AFTER_ALL: &str = "~";

/// Writes a run down; whether it was. May be done twice.
pub(crate) async fn put(pool: &Pool, scope: &Scope, run: &RunReport, keep: u32) -> Result<bool> {
    let RunReport { summary, detail } = run;
    let (id, node, scope) = (summary.id.to_string(), summary.node.as_str(), scope.as_str());
    let put = Step::new(PUT_RUN)
        .with(scope)
        .with(id.as_str())
        .with(node)
        .with(summary.recorded_at.0)
        .with(summary.status.as_str())
        .with(to_json(summary)?)
        .with(to_json(detail)?.into_bytes());
    let interrupt = Step::new(INTERRUPT_RUNS).with(scope).with(node).with(id.as_str());
    let prune = Step::new(PRUNE_RUNS).with(scope).with(node).with(i64::from(keep));
    let rows = pool.write(&[put, interrupt, prune]).await?;
    Ok(rows.first().is_some_and(|put| !put.is_empty()))
}

/// Runs, newest first.
pub(crate) async fn list(
    pool: &Pool,
    scope: &Scope,
    wanted: &RunsWanted,
) -> Result<Vec<RunSummary>> {
    let (at, id) = match wanted.before {
        Some((at, id)) => (at.0, id.to_string()),
        None => (i64::MAX, AFTER_ALL.to_owned()),
    };
    let (status, limit) = (wanted.status.map(|it| it.as_str()), i64::from(wanted.limit));
    let (scope, node) = (scope.as_str(), wanted.node.as_ref().map(|node| node.as_str()));
    let rows = match &node {
        None => pool.rows(RUNS, &[&scope, &at, &id, &status, &limit]).await?,
        Some(node) => pool.rows(RUNS_OF_NODE, &[&scope, &at, &id, &status, &limit, node]).await?,
    };
    rows.iter().map(summary).collect()
}

fn summary(row: &Row) -> Result<RunSummary> {
    run_summary(row.str(0)?, row.timestamp(1)?, row.str(2)?)
}

/// One run.
pub(crate) async fn get(pool: &Pool, scope: &Scope, id: RunId) -> Result<Option<RunReport>> {
    let row = pool.row(RUN, &[&scope.as_str(), &id.to_string()]).await?;
    row.map(|row| run_report(summary(&row)?, &row.bytes(3)?)).transpose()
}

/// Deletes all runs of a node.
pub(crate) fn forget<'a>(scope: &'a Scope, node: &'a str) -> Step<'a> {
    Step::new(FORGET_RUNS).with(scope.as_str()).with(wanted(node))
}
