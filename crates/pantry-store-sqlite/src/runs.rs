//! Reports of Chef runs, of which each node keeps its newest.

use pantry_model::Timestamp;
use pantry_model::chef::runs::{RunId, RunReport, RunSummary};
use pantry_store::{RunsWanted, Scope};
use rusqlite::{Connection, Row};

use crate::error::Error;
use crate::scopes;
use pantry_store::columns::{run_report, run_summary, to_json};
use pantry_store::sql;

sql! {
    // Of a node that is not there in any form it adds no row, and another's it does not touch.
    PUT_RUN = "INSERT INTO runs (scope, run, node, recorded_at, status, summary, detail) \
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM documents \
            WHERE scope = ?1 AND kind IN ('node', 'api-client') AND name = ?3) \
        ON CONFLICT (scope, run) DO UPDATE SET status = excluded.status, \
        summary = excluded.summary, detail = excluded.detail WHERE node = excluded.node";
    INTERRUPT_RUNS = "UPDATE runs SET status = 'aborted' \
        WHERE scope = ?1 AND node = ?2 AND status = 'started' AND (recorded_at, run) < \
        (SELECT recorded_at, run FROM runs WHERE scope = ?1 AND run = ?3)";
    PRUNE_RUNS = "DELETE FROM runs WHERE scope = ?1 AND node = ?2 AND (recorded_at, run) <= \
        (SELECT recorded_at, run FROM runs WHERE scope = ?1 AND node = ?2 \
        ORDER BY recorded_at DESC, run DESC LIMIT 1 OFFSET ?3)";
    RUNS = "SELECT r.summary, r.recorded_at, r.status FROM runs r JOIN scopes s ON s.id = r.scope \
        WHERE s.name = ?1 AND (r.recorded_at, r.run) < (?2, ?3) AND (?4 IS NULL OR r.status = ?4) \
        ORDER BY r.recorded_at DESC, r.run DESC LIMIT ?5";
    RUNS_OF_NODE = "SELECT r.summary, r.recorded_at, r.status \
        FROM runs r JOIN scopes s ON s.id = r.scope \
        WHERE s.name = ?1 AND r.node = ?6 AND (r.recorded_at, r.run) < (?2, ?3) \
        AND (?4 IS NULL OR r.status = ?4) ORDER BY r.recorded_at DESC, r.run DESC LIMIT ?5";
    RUN = "SELECT r.summary, r.recorded_at, r.status, r.detail \
        FROM runs r JOIN scopes s ON s.id = r.scope WHERE s.name = ?1 AND r.run = ?2";
    FORGET_RUNS = "DELETE FROM runs WHERE node = ?2 \
        AND scope = (SELECT id FROM scopes WHERE name = ?1)";
}

/// After every id there can be.
const AFTER_ALL: &str = "~";

/// Writes a run down; whether it was.
pub(crate) fn put(
    connection: &Connection,
    scope: &Scope,
    run: &RunReport,
    keep: u32,
) -> Result<bool, Error> {
    let Some(scope) = scopes::find(connection, scope)? else { return Ok(false) };
    let RunReport { summary, detail } = run;
    let (id, node) = (summary.id.to_string(), summary.node.as_str());
    let (json, detail) = (to_json(summary)?, to_json(detail)?.into_bytes());
    let written = connection.prepare_cached(PUT_RUN)?.execute((
        scope,
        &id,
        node,
        summary.recorded_at.0,
        summary.status.as_str(),
        json,
        detail,
    ))?;
    if written == 0 {
        return Ok(false);
    }
    connection.prepare_cached(INTERRUPT_RUNS)?.execute((scope, node, &id))?;
    connection.prepare_cached(PRUNE_RUNS)?.execute((scope, node, keep))?;
    Ok(true)
}

/// Runs, newest first.
pub(crate) fn list(
    connection: &Connection,
    scope: &Scope,
    wanted: &RunsWanted,
) -> Result<Vec<RunSummary>, Error> {
    let (at, id) = match wanted.before {
        Some((at, id)) => (at.0, id.to_string()),
        None => (i64::MAX, AFTER_ALL.to_owned()),
    };
    let (status, limit) = (wanted.status.map(|it| it.as_str()), wanted.limit);
    let scope = scope.as_str();
    match &wanted.node {
        None => connection
            .prepare_cached(RUNS)?
            .query_and_then((scope, at, id, status, limit), summary)?
            .collect(),
        Some(node) => connection
            .prepare_cached(RUNS_OF_NODE)?
            .query_and_then((scope, at, id, status, limit, node.as_str()), summary)?
            .collect(),
    }
}

fn summary(row: &Row<'_>) -> Result<RunSummary, Error> {
    let (json, status): (String, String) = (row.get(0)?, row.get(2)?);
    Ok(run_summary(&json, Timestamp(row.get(1)?), &status)?)
}

/// One run.
pub(crate) fn get(
    connection: &Connection,
    scope: &Scope,
    id: RunId,
) -> Result<Option<RunReport>, Error> {
    let mut statement = connection.prepare_cached(RUN)?;
    let report = |row: &Row<'_>| {
        let detail: Vec<u8> = row.get(3)?;
        Ok(run_report(summary(row)?, &detail)?)
    };
    statement.query_and_then((scope.as_str(), id.to_string()), report)?.next().transpose()
}

/// Deletes all runs of a node.
pub(crate) fn forget(connection: &Connection, scope: &Scope, node: &str) -> Result<(), Error> {
    connection.prepare_cached(FORGET_RUNS)?.execute((scope.as_str(), node))?;
    Ok(())
}
