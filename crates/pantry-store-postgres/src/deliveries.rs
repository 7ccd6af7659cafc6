//! Deliveries: where each stands, which are open, and whose time is over.
//!
//! `due_at` is when a delivery's time is over. It depends on its job and its state and is worked
//! out whenever the state changes, so that what is overdue can be found by an index; a final
//! delivery has none, which is also how open ones are told from the others.

use std::collections::BTreeMap;

use pantry_model::{
    ApplicationName, Delivery, DeliveryState, Ending, Identity, JobId, MachineId, Timestamp,
};
use pantry_store::columns::{
    Deadlines, from_column, from_json, incarnation, incarnation_column, parse, state, to_json,
};
use pantry_store::{Advance, OpenDelivery, sql};
use tokio_postgres::Row;

use crate::jobs::{JOB_COLUMNS, job, job_columns};
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

macro_rules! delivery_columns {
    () => {
        "d.identity, d.state, d.incarnation, d.changed_at, d.started_at, d.ending"
    };
}

sql! {
    OF_JOB = concat!("SELECT ", delivery_columns!(), " FROM jobs j \
        JOIN deliveries d ON d.job = j.id WHERE j.name = $1 ORDER BY d.identity");
    ONE = concat!("SELECT ", delivery_columns!(), " FROM jobs j \
        JOIN deliveries d ON d.job = j.id WHERE j.name = $1 AND d.identity = $2");
    OPEN_OF_MACHINE = concat!("SELECT ", job_columns!(), ", ", delivery_columns!(), " \
        FROM scopes s JOIN deliveries d ON d.scope = s.id JOIN jobs j ON j.id = d.job \
        WHERE s.name = $1 AND d.identity = $2 AND d.due_at IS NOT NULL ORDER BY j.name");
    OVERDUE = concat!("SELECT ", job_columns!(), ", ", delivery_columns!(), " \
        FROM (SELECT * FROM deliveries WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2) d \
        JOIN jobs j ON j.id = d.job JOIN scopes s ON s.id = d.scope ORDER BY d.due_at, d.id");
    COUNT_OPEN = "SELECT s.name, open.count FROM (SELECT scope, count(*) AS count FROM deliveries \
        WHERE due_at IS NOT NULL GROUP BY scope) open JOIN scopes s ON s.id = open.scope";
    ADD = "INSERT INTO deliveries (job, scope, identity, state, incarnation, changed_at, \
        started_at, ending, due_at) SELECT j.id, j.scope, e.identity, e.state, e.incarnation, \
        e.changed_at, e.started_at, e.ending, e.due_at FROM jobs j, unnest($2::text[], $3::text[], \
        $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[]) \
        AS e (identity, state, incarnation, changed_at, started_at, ending, due_at) \
        WHERE j.name = $1";
    // `$10` is whether the job's timeout counts from now on, and not its time to live; none is that
    // neither does.
    ADVANCE = "UPDATE deliveries d SET state = $5, changed_at = $6, \
        started_at = COALESCE($7, d.started_at), incarnation = COALESCE($8, d.incarnation), \
        ending = COALESCE($9, d.ending), \
        due_at = CASE $10::boolean WHEN true THEN j.lost_at WHEN false THEN j.expires_at END \
        FROM jobs j JOIN scopes s ON s.id = j.scope WHERE j.name = $1 AND s.name = $2 \
        AND d.job = j.id AND d.identity = $3 AND d.state = $4 RETURNING d.id";
}

/// A delivery from the columns from `first` on.
fn delivery(row: &Row, first: usize) -> Result<Delivery> {
    let incarnation_: Option<i64> = row.get_column(first + 2)?;
    let ending: Option<&str> = row.get_column(first + 5)?;
    Ok(Delivery {
        identity: parse(row.str(first)?)?,
        state: state(row.str(first + 1)?)?,
        incarnation: incarnation_.map(incarnation),
        changed_at: row.timestamp(first + 3)?,
        started_at: row.optional_timestamp(first + 4)?,
        ending: ending.map(from_json).transpose()?.unwrap_or_default(),
    })
}

fn open_delivery(row: &Row) -> Result<OpenDelivery> {
    Ok(OpenDelivery { job: job(row)?, delivery: delivery(row, JOB_COLUMNS)? })
}

/// A job's deliveries, by identity.
pub(crate) async fn of_job(pool: &Pool, id: JobId) -> Result<Vec<Delivery>> {
    let rows = pool.rows(OF_JOB, &[&id.to_string()]).await?;
    rows.iter().map(|row| delivery(row, 0)).collect()
}

/// One delivery.
pub(crate) async fn get(pool: &Pool, job: JobId, identity: &Identity) -> Result<Option<Delivery>> {
    let row = pool.row(ONE, &[&job.to_string(), &identity.as_str()]).await?;
    row.map(|row| delivery(&row, 0)).transpose()
}

/// A machine's open deliveries, the oldest job first.
pub(crate) async fn open(pool: &Pool, of: &MachineId) -> Result<Vec<OpenDelivery>> {
    let machine = (of.application.as_str(), of.identity.as_str());
    let rows = pool.rows(OPEN_OF_MACHINE, &[&machine.0, &machine.1]).await?;
    rows.iter().map(open_delivery).collect()
}

/// Open deliveries whose time is over, the longest overdue first.
pub(crate) async fn overdue(
    pool: &Pool,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(MachineId, OpenDelivery)>> {
    let rows = pool.rows(OVERDUE, &[&now.0, &i64::from(limit)]).await?;
    let overdue = |row: &Row| {
        let open = open_delivery(row)?;
        let application = open.job.application.clone();
        Ok((MachineId { application, identity: open.delivery.identity.clone() }, open))
    };
    rows.iter().map(overdue).collect()
}

/// How many are open, by application.
pub(crate) async fn count_open(pool: &Pool) -> Result<BTreeMap<ApplicationName, u64>> {
    let rows = pool.rows(COUNT_OPEN, &[]).await?;
    rows.iter().map(|row| Ok((parse(row.str(0)?)?, from_column(row.integer(1)?)?))).collect()
}

/// Writes the deliveries of a job down, which must be there.
pub(crate) fn add(job: JobId, deadlines: Deadlines, to: &[Delivery]) -> Result<Step<'_>> {
    let ending =
        |of: &Delivery| (of.ending != Ending::default()).then(|| to_json(&of.ending)).transpose();
    let endings = to.iter().map(ending).collect::<Result<Vec<Option<String>>>>()?;
    let incarnations = to.iter().map(|one| one.incarnation.map(incarnation_column));
    let started_at = to.iter().map(|one| one.started_at.map(|at| at.0));
    Ok(Step::new(ADD)
        .with(job.to_string())
        .with(to.iter().map(|one| one.identity.as_str()).collect::<Vec<_>>())
        .with(to.iter().map(|one| one.state.as_str()).collect::<Vec<_>>())
        .with(incarnations.collect::<Vec<_>>())
        .with(to.iter().map(|one| one.changed_at.0).collect::<Vec<_>>())
        .with(started_at.collect::<Vec<_>>())
        .with(endings)
        .with(to.iter().map(|one| deadlines.in_state(one.state)).collect::<Vec<_>>()))
}

/// Moves deliveries on, and says of each whether it was in the state that its step begins with.
pub(crate) async fn advance(pool: &Pool, steps: &[Advance]) -> Result<Vec<bool>> {
    let statements = steps.iter().map(advance_one).collect::<Result<Vec<_>>>()?;
    let rows = pool.write(&statements).await?;
    Ok(rows.iter().map(|updated| !updated.is_empty()).collect())
}

fn advance_one(step: &Advance) -> Result<Step<'_>> {
    let timeout_counts = (!step.to.is_final()).then(|| step.to.is_with_client());
    Ok(Step::new(ADVANCE)
        .with(step.job.to_string())
        .with(step.machine.application.as_str())
        .with(step.machine.identity.as_str())
        .with(step.from.as_str())
        .with(step.to.as_str())
        .with(step.at.0)
        .with((step.to == DeliveryState::Running).then_some(step.at.0))
        .with(step.incarnation.map(incarnation_column))
        .with(step.ending.as_ref().map(to_json).transpose()?)
        .with(timeout_counts))
}
