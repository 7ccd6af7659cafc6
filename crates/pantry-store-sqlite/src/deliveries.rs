//! Deliveries: where each stands, which are open, and whose time is over.
//!
//! `due_at` is when a delivery's time is over. It depends on its job and its state and is worked
//! out whenever the state changes, so that what is overdue can be found by an index; a final
//! delivery has none, which is also how open ones are told from the others.

use std::collections::BTreeMap;

use pantry_model::{
    ApplicationName, Delivery, DeliveryState, Ending, Identity, JobId, MachineId, Timestamp,
};
use pantry_store::{Advance, OpenDelivery};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Error;
use crate::jobs::{JOB_COLUMNS, job, job_columns};
use pantry_store::columns::{
    Deadlines, from_column, from_json, incarnation, incarnation_column, parse, state, to_json,
};
use pantry_store::sql;

macro_rules! delivery_columns {
    () => {
        "d.identity, d.state, d.incarnation, d.changed_at, d.started_at, d.ending"
    };
}

sql! {
    OF_JOB = concat!("SELECT ", delivery_columns!(), " FROM deliveries d \
        JOIN jobs j ON j.id = d.job WHERE j.name = ?1 ORDER BY d.identity");
    ONE = concat!("SELECT ", delivery_columns!(), " FROM deliveries d \
        JOIN jobs j ON j.id = d.job WHERE j.name = ?1 AND d.identity = ?2");
    OPEN_OF_MACHINE = concat!("SELECT ", job_columns!(), ", ", delivery_columns!(), " \
        FROM scopes s JOIN deliveries d ON d.scope = s.id JOIN jobs j ON j.id = d.job \
        WHERE s.name = ?1 AND d.identity = ?2 AND d.due_at IS NOT NULL ORDER BY j.name");
    OVERDUE = concat!("SELECT ", job_columns!(), ", ", delivery_columns!(), " \
        FROM deliveries d CROSS JOIN jobs j ON j.id = d.job CROSS JOIN scopes s ON s.id = d.scope \
        WHERE d.due_at <= ?1 ORDER BY d.due_at, d.id LIMIT ?2");
    COUNT_OPEN = "SELECT s.name, open.count FROM (SELECT scope, COUNT(*) AS count FROM deliveries \
        WHERE due_at IS NOT NULL GROUP BY scope) open JOIN scopes s ON s.id = open.scope";
    ADD = "INSERT INTO deliveries (job, identity, scope, state, incarnation, changed_at, \
        started_at, ending, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    STATE = "SELECT d.id, d.state, j.expires_at, j.lost_at FROM jobs j \
        JOIN scopes s ON s.id = j.scope JOIN deliveries d ON d.job = j.id \
        WHERE j.name = ?1 AND d.identity = ?2 AND s.name = ?3";
    ADVANCE = "UPDATE deliveries SET state = ?2, changed_at = ?3, \
        started_at = COALESCE(?4, started_at), incarnation = COALESCE(?5, incarnation), \
        ending = COALESCE(?6, ending), due_at = ?7 WHERE id = ?1";
}

/// A delivery from the columns from `first` on.
fn delivery(row: &Row<'_>, first: usize) -> Result<Delivery, Error> {
    let ending: Option<String> = row.get(first + 5)?;
    Ok(Delivery {
        identity: parse(&row.get::<_, String>(first)?)?,
        state: state(&row.get::<_, String>(first + 1)?)?,
        incarnation: row.get::<_, Option<i64>>(first + 2)?.map(incarnation),
        changed_at: Timestamp(row.get(first + 3)?),
        started_at: row.get::<_, Option<i64>>(first + 4)?.map(Timestamp),
        ending: ending.as_deref().map(from_json).transpose()?.unwrap_or_default(),
    })
}

fn open_delivery(row: &Row<'_>) -> Result<OpenDelivery, Error> {
    Ok(OpenDelivery { job: job(row)?, delivery: delivery(row, JOB_COLUMNS)? })
}

/// A job's deliveries, by identity.
pub(crate) fn of_job(connection: &Connection, id: JobId) -> Result<Vec<Delivery>, Error> {
    let mut statement = connection.prepare_cached(OF_JOB)?;
    statement.query_and_then([id.to_string()], |row| delivery(row, 0))?.collect()
}

/// One delivery.
pub(crate) fn get(
    connection: &Connection,
    job: JobId,
    identity: &Identity,
) -> Result<Option<Delivery>, Error> {
    let mut statement = connection.prepare_cached(ONE)?;
    let mut rows = statement.query((job.to_string(), identity.as_str()))?;
    rows.next()?.map(|row| delivery(row, 0)).transpose()
}

/// A machine's open deliveries, the oldest job first.
pub(crate) fn open(connection: &Connection, of: &MachineId) -> Result<Vec<OpenDelivery>, Error> {
    let mut statement = connection.prepare_cached(OPEN_OF_MACHINE)?;
    let machine = (of.application.as_str(), of.identity.as_str());
    statement.query_and_then(machine, open_delivery)?.collect()
}

/// Open deliveries whose time is over, the longest overdue first.
pub(crate) fn overdue(
    connection: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(MachineId, OpenDelivery)>, Error> {
    let mut statement = connection.prepare_cached(OVERDUE)?;
    let rows = statement.query_and_then((now.0, limit), |row| {
        let open = open_delivery(row)?;
        let application = open.job.application.clone();
        Ok((MachineId { application, identity: open.delivery.identity.clone() }, open))
    })?;
    rows.collect()
}

/// How many are open, by application.
pub(crate) fn count_open(connection: &Connection) -> Result<BTreeMap<ApplicationName, u64>, Error> {
    let mut statement = connection.prepare_cached(COUNT_OPEN)?;
    let rows = statement.query_and_then([], |row| {
        Ok((parse(&row.get::<_, String>(0)?)?, from_column(row.get(1)?)?))
    })?;
    rows.collect()
}

/// Writes a delivery down; `job` and `scope` are its job's row and that one's scope.
pub(crate) fn add(
    connection: &Connection,
    scope: i64,
    job: i64,
    deadlines: Deadlines,
    delivery: &Delivery,
) -> Result<(), Error> {
    let ending = &delivery.ending;
    connection.prepare_cached(ADD)?.execute((
        job,
        delivery.identity.as_str(),
        scope,
        delivery.state.as_str(),
        delivery.incarnation.map(incarnation_column),
        delivery.changed_at.0,
        delivery.started_at.map(|at| at.0),
        (*ending != Ending::default()).then(|| to_json(ending)).transpose()?,
        deadlines.in_state(delivery.state),
    ))?;
    Ok(())
}

/// Moves a delivery on, if it is in the state that the step begins with, and says whether it was.
pub(crate) fn advance(connection: &Connection, step: &Advance) -> Result<bool, Error> {
    let machine = (step.machine.identity.as_str(), step.machine.application.as_str());
    let found: Option<(i64, String, i64, i64)> = connection
        .prepare_cached(STATE)?
        .query_row((step.job.to_string(), machine.0, machine.1), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((id, stored, expires_at, lost_at)) = found else { return Ok(false) };
    if state(&stored)? != step.from {
        return Ok(false);
    }
    let deadlines = Deadlines { expires_at: Timestamp(expires_at), lost_at: Timestamp(lost_at) };
    connection.prepare_cached(ADVANCE)?.execute((
        id,
        step.to.as_str(),
        step.at.0,
        (step.to == DeliveryState::Running).then_some(step.at.0),
        step.incarnation.map(incarnation_column),
        step.ending.as_ref().map(to_json).transpose()?,
        deadlines.in_state(step.to),
    ))?;
    Ok(true)
}
