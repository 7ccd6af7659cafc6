//! Jobs as they are written down, and the list of them.

use pantry_model::commands::job::JobSummary;
use pantry_model::{ApplicationName, Delivery, Job, JobId};
use pantry_store::columns::{Deadlines, from_json, parse, to_json};
use pantry_store::{Kind, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::deliveries;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

/// What [`job`] reads, of `jobs j` and its `scopes s`.
macro_rules! job_columns {
    () => {
        "j.name, s.name, j.actor, j.target, j.instruction, j.created_at, j.expires_at"
    };
}
pub(crate) use job_columns;

/// How many columns [`job`] reads.
pub(crate) const JOB_COLUMNS: usize = 7;

/// How many deliveries of a job are in which state, as a JSON object.
macro_rules! states {
    () => {
        "(SELECT json_object_agg(counted.state, counted.count)::text FROM (SELECT d.state, \
            count(*) AS count FROM deliveries d WHERE d.job = j.id GROUP BY d.state) counted)"
    };
}

sql! {
    ONE = concat!("SELECT ", job_columns!(), " FROM jobs j JOIN scopes s ON s.id = j.scope \
        WHERE j.name = $1");
    PAYLOAD = "SELECT payload FROM jobs WHERE name = $1";
    NEWEST_JOBS = concat!("SELECT ", job_columns!(), ", ", states!(), " FROM (SELECT * FROM jobs \
        ORDER BY name DESC LIMIT $1) j JOIN scopes s ON s.id = j.scope ORDER BY j.name DESC");
    NEWEST_JOBS_OF = concat!("SELECT ", job_columns!(), ", ", states!(), " FROM scopes s \
        JOIN LATERAL (SELECT * FROM jobs WHERE jobs.scope = s.id ORDER BY name DESC LIMIT $1) j \
        ON true WHERE s.name = $2 ORDER BY j.name DESC");
    ADD = "INSERT INTO jobs (scope, name, actor, target, instruction, created_at, expires_at, \
        lost_at, payload) VALUES (scope_number($1), $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// A job from the first columns of a row.
pub(crate) fn job(row: &Row) -> Result<Job> {
    Ok(Job {
        id: parse(row.str(0)?)?,
        application: parse(row.str(1)?)?,
        actor: parse(row.str(2)?)?,
        target: from_json(row.str(3)?)?,
        order: from_json(row.str(4)?)?,
        created_at: row.timestamp(5)?,
        expires_at: row.timestamp(6)?,
    })
}

/// One job.
pub(crate) async fn get(pool: &Pool, id: JobId) -> Result<Option<Job>> {
    pool.row(ONE, &[&id.to_string()]).await?.as_ref().map(job).transpose()
}

/// What its command reads.
pub(crate) async fn payload(pool: &Pool, id: JobId) -> Result<Vec<u8>> {
    let row = pool.row(PAYLOAD, &[&id.to_string()]).await?;
    row.map_or(Ok(Vec::new()), |row| row.bytes(0))
}

/// The newest jobs, newest first.
pub(crate) async fn newest(
    pool: &Pool,
    of: Option<&ApplicationName>,
    limit: u32,
) -> Result<Vec<JobSummary>> {
    let limit = i64::from(limit);
    let rows = match of {
        None => pool.rows(NEWEST_JOBS, &[&limit]).await?,
        Some(application) => pool.rows(NEWEST_JOBS_OF, &[&limit, &application.as_str()]).await?,
    };
    let summary = |row: &Row| {
        let states: Option<&str> = row.get_column(JOB_COLUMNS)?;
        let states = states.map(from_json).transpose()?.unwrap_or_default();
        Ok(JobSummary { job: job(row)?, states })
    };
    rows.iter().map(summary).collect()
}

/// Writes a job down, with its deliveries.
pub(crate) fn add<'a>(
    job: &'a Job,
    payload: &'a [u8],
    to: &'a [Delivery],
) -> Result<[Step<'a>; 2]> {
    let (scope, name) = (Scope::Application(job.application.clone()), job.id.to_string());
    let lost_at = job.expires_at.after(job.order.timeout);
    let step = Step::new(ADD)
        .with(job.application.as_str())
        .with(name.clone())
        .with(job.actor.to_string())
        .with(to_json(&job.target)?)
        .with(to_json(&job.order)?)
        .with(job.created_at.0)
        .with(job.expires_at.0)
        .with(lost_at.0)
        .with(payload)
        .taken(StoreError::Moved { scope, kind: Kind::Job, name });
    let deadlines = Deadlines { expires_at: job.expires_at, lost_at };
    Ok([step, deliveries::add(job.id, deadlines, to)?])
}
