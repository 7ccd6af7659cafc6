//! Jobs as they are written down, and the list of them.

use std::collections::BTreeMap;

use pantry_model::commands::job::JobSummary;
use pantry_model::{ApplicationName, Delivery, Job, JobId, Timestamp};
use pantry_store::{Kind, Scope, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Error;
use crate::{deliveries, scopes};
use pantry_store::columns::{Deadlines, from_column, from_json, parse, to_json};
use pantry_store::sql;

/// What [`job`] reads, of `jobs j` and its `scopes s`.
macro_rules! job_columns {
    () => {
        "j.name, s.name, j.actor, j.target, j.instruction, j.created_at, j.expires_at"
    };
}
pub(crate) use job_columns;

/// How many columns [`job`] reads.
pub(crate) const JOB_COLUMNS: usize = 7;

sql! {
    ONE = concat!("SELECT ", job_columns!(), " FROM jobs j JOIN scopes s ON s.id = j.scope \
        WHERE j.name = ?1");
    PAYLOAD = "SELECT payload FROM jobs WHERE name = ?1";
    // CROSS JOIN is how SQLite is told the order: jobs from the newest on, each with its scope.
    NEWEST_JOBS = concat!("SELECT ", job_columns!(), ", j.id FROM jobs j CROSS JOIN scopes s \
        WHERE s.id = j.scope ORDER BY j.name DESC LIMIT ?1");
    NEWEST_JOBS_OF = concat!("SELECT ", job_columns!(), ", j.id FROM jobs j \
        JOIN scopes s ON s.id = j.scope WHERE s.name = ?2 ORDER BY j.name DESC LIMIT ?1");
    STATES = "SELECT state, COUNT(*) FROM deliveries WHERE job = ?1 GROUP BY state";
    ADD = "INSERT INTO jobs (scope, name, actor, target, instruction, created_at, expires_at, \
        lost_at, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING \
        RETURNING id";
}

/// A job from the first columns of a row.
pub(crate) fn job(row: &Row<'_>) -> Result<Job, Error> {
    let text = |column: usize| row.get::<_, String>(column);
    Ok(Job {
        id: parse(&text(0)?)?,
        application: parse(&text(1)?)?,
        actor: parse(&text(2)?)?,
        target: from_json(&text(3)?)?,
        order: from_json(&text(4)?)?,
        created_at: Timestamp(row.get(5)?),
        expires_at: Timestamp(row.get(6)?),
    })
}

/// One job.
pub(crate) fn get(connection: &Connection, id: JobId) -> Result<Option<Job>, Error> {
    let mut statement = connection.prepare_cached(ONE)?;
    statement.query_and_then([id.to_string()], job)?.next().transpose()
}

/// What its command reads.
pub(crate) fn payload(connection: &Connection, id: JobId) -> Result<Vec<u8>, Error> {
    let mut statement = connection.prepare_cached(PAYLOAD)?;
    let payload = statement.query_row([id.to_string()], |row| row.get(0)).optional()?;
    Ok(payload.unwrap_or_default())
}

/// The newest jobs, newest first.
pub(crate) fn newest(
    connection: &Connection,
    of: Option<&ApplicationName>,
    limit: u32,
) -> Result<Vec<JobSummary>, Error> {
    let read = |row: &Row<'_>| {
        let id = row.get(JOB_COLUMNS)?;
        Ok(JobSummary { job: job(row)?, states: states(connection, id)? })
    };
    match of {
        None => connection.prepare_cached(NEWEST_JOBS)?.query_and_then([limit], read)?.collect(),
        Some(application) => connection
            .prepare_cached(NEWEST_JOBS_OF)?
            .query_and_then((limit, application.as_str()), read)?
            .collect(),
    }
}

fn states(connection: &Connection, job: i64) -> Result<BTreeMap<String, u64>, Error> {
    let mut statement = connection.prepare_cached(STATES)?;
    let rows =
        statement.query_and_then([job], |row| Ok((row.get(0)?, from_column(row.get(1)?)?)))?;
    rows.collect()
}

/// Writes a job down, with its deliveries.
pub(crate) fn add(
    connection: &Connection,
    job: &Job,
    payload: &[u8],
    to: &[Delivery],
) -> Result<(), Error> {
    let scope = Scope::Application(job.application.clone());
    let scope_id = scopes::require(connection, &scope)?;
    let lost_at = job.expires_at.after(job.order.timeout);
    let name = job.id.to_string();
    let id: Option<i64> = connection
        .prepare_cached(ADD)?
        .query_row(
            (
                scope_id,
                &name,
                job.actor.to_string(),
                to_json(&job.target)?,
                to_json(&job.order)?,
                job.created_at.0,
                job.expires_at.0,
                lost_at.0,
                payload,
            ),
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = id else {
        return Err(StoreError::Moved { scope, kind: Kind::Job, name }.into());
    };
    let deadlines = Deadlines { expires_at: job.expires_at, lost_at };
    to.iter().try_for_each(|one| deliveries::add(connection, scope_id, id, deadlines, one))
}
