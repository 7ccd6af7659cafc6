//! The connections, and statements that are one of their own: reads, and writes that may be done
//! twice.
//!
//! A connection that turns out to be gone is replaced, and what was asked is asked again, for as
//! long as [`PATIENCE`] lasts: so a restart of the database is a pause and no failure. Whoever only
//! reads sees what was committed when its statement began; several statements that must see the
//! same are sent together in one transaction ([`Pool::snapshot`]).

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Object, Timeouts};
use deadpool_postgres::ClientWrapper;
use pantry_store::StoreError;
use pantry_store::columns::broken;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use crate::connect::Connector;
use crate::error::Error;
use crate::manager::Manager;
use crate::pipeline::{BEGIN_SNAPSHOT, COMMIT, Failure, Sent, Step, transact};

/// A value of a statement.
pub(crate) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// A statement and its values.
pub(crate) type Asked<'a> = (&'static str, Vec<Parameter<'a>>);

/// How long a lost connection is replaced and an unanswered question asked again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The first pause before that; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a request waits for a connection to be free.
const WAIT: Duration = Duration::from_secs(5);

/// How long the database may take to answer.
pub(crate) const ANSWER: Duration = Duration::from_secs(15);

/// The connections to one database.
pub(crate) struct Pool {
    connections: deadpool::managed::Pool<Manager>,
    /// The database as people call it, without a password.
    place: String,
}

impl Pool {
    /// A pool that connects when it is asked something.
    pub(crate) fn new(connector: Arc<Connector>, size: usize) -> Result<Self, StoreError> {
        let place = connector.place().to_owned();
        // What making a connection may take is with who makes it.
        let connections = deadpool::managed::Pool::builder(Manager(connector))
            .max_size(size)
            .wait_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Self { connections, place })
    }

    /// A connection.
    pub(crate) async fn get(&self) -> Result<Connection, Error> {
        Ok(Connection { object: Some(self.connections.get().await?), in_transaction: false })
    }

    /// Whether a connection can be had. That all of them are busy is none of the database's faults.
    pub(crate) async fn is_open(&self) -> Result<(), StoreError> {
        let timeouts = Timeouts { wait: Some(Duration::ZERO), ..self.connections.timeouts() };
        match self.connections.timeout_get(&timeouts).await.map_err(Error::from) {
            Ok(_) | Err(Error::Busy) => Ok(()),
            Err(error) => Err(self.seen(error)),
        }
    }

    /// The error as callers see it.
    pub(crate) fn seen(&self, error: Error) -> StoreError {
        error.into_store(&self.place)
    }

    /// The rows that a statement gives.
    pub(crate) async fn rows(
        &self,
        statement: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut patience = Patience::new();
        loop {
            match self.try_rows(statement, parameters).await {
                Err(error) if patience.is_left_for(&error).await => {}
                outcome => return outcome.map_err(|error| self.seen(error)),
            }
        }
    }

    async fn try_rows(
        &self,
        statement: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Error> {
        let mut connection = self.get().await?;
        let work = async {
            let client = connection.client()?;
            let statement = client.prepare_cached(statement).await?;
            Ok::<_, Error>(client.query(&statement, parameters).await?)
        };
        let outcome = timeout(ANSWER, work).await.unwrap_or(Err(Error::Silent));
        connection.keep_after(&outcome);
        outcome
    }

    /// The first row that a statement gives.
    pub(crate) async fn row(
        &self,
        statement: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(statement, parameters).await?.into_iter().next())
    }

    /// What several statements give of one moment, in one round trip. Each takes as many of the
    /// parameters as it has.
    pub(crate) async fn snapshot<const N: usize>(
        &self,
        statements: [&'static str; N],
        parameters: &[Parameter<'_>],
    ) -> Result<[Vec<Row>; N], StoreError> {
        let asked = statements.map(|statement| (statement, parameters.to_vec()));
        let rows = <[Vec<Row>; N]>::try_from(self.moment(&asked).await?);
        rows.map_err(|_| broken("a statement has no answer"))
    }

    /// The same of statements that have their own parameters.
    pub(crate) async fn moment(&self, asked: &[Asked<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        // One alone sees one moment anyway.
        match asked {
            [] => return Ok(Vec::new()),
            [(statement, parameters)] => return Ok(vec![self.rows(statement, parameters).await?]),
            _ => {}
        }
        let mut patience = Patience::new();
        loop {
            match self.try_moment(asked).await {
                Err(error) if patience.is_left_for(&error).await => {}
                outcome => return outcome.map_err(|error| self.seen(error)),
            }
        }
    }

    async fn try_moment(&self, asked: &[Asked<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        let mut connection = self.get().await?;
        let work = async {
            let client = connection.client()?;
            let statements: Vec<_> = asked.iter().map(|(statement, _)| *statement).collect();
            let prepared = prepare(client, &statements).await?;
            send_snapshot(client, &prepared, asked).await
        };
        let outcome = timeout(ANSWER, work).await.unwrap_or(Err(Error::Silent));
        connection.keep_after(&outcome);
        outcome
    }

    /// Does all of these in one transaction, or nothing, and gives the rows of each. It is done
    /// again as a whole if it could not be begun, or was undone for another's sake.
    pub(crate) async fn write(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut patience = Patience::new();
        loop {
            match self.try_write(steps).await {
                Err(Failure::Undone(error)) if patience.is_left_for(&error).await => {}
                Err(Failure::Undone(error)) => return Err(self.seen(error)),
                Err(Failure::Unknown(error)) => {
                    let text = format!(
                        "the database {}: the connection was lost in the middle of a write ({error})",
                        self.place
                    );
                    return Err(StoreError::Interrupted(text));
                }
                Ok(rows) => return Ok(rows),
            }
        }
    }

    async fn try_write(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Failure> {
        let mut connection = self.get().await.map_err(Failure::Undone)?;
        let statements: Vec<&str> = steps.iter().map(Step::statement).collect();
        let prepare = async { prepare(connection.client()?, &statements).await };
        let prepared = timeout(ANSWER, prepare).await.unwrap_or(Err(Error::Silent));
        connection.keep_after(&prepared);
        let statements = prepared.map_err(Failure::Undone)?;
        connection.in_transaction = true;
        let client = connection.client().map_err(Failure::Undone)?;
        let outcome = timeout(ANSWER, transact(client, steps, &statements));
        let outcome = outcome.await.unwrap_or(Err(Failure::Unknown(Error::Silent)));
        connection.in_transaction = match &outcome {
            Ok(_) => false,
            Err(Failure::Undone(error)) => error.is_lost(),
            Err(Failure::Unknown(_)) => true,
        };
        outcome
    }
}

/// Prepares statements, those that this connection has not prepared before.
async fn prepare(
    client: &ClientWrapper,
    statements: &[&'static str],
) -> Result<Vec<Statement>, Error> {
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        prepared.push(client.prepare_cached(statement).await?);
    }
    Ok(prepared)
}

async fn send_snapshot(
    client: &Client,
    statements: &[Statement],
    asked: &[Asked<'_>],
) -> Result<Vec<Vec<Row>>, Error> {
    let begin = Sent::new(client.batch_execute(BEGIN_SNAPSHOT)).await;
    let mut queries = Vec::with_capacity(statements.len());
    for (statement, (_, parameters)) in statements.iter().zip(asked) {
        let own = parameters.get(..statement.params().len()).unwrap_or(parameters.as_slice());
        queries.push(Sent::new(client.query(statement, own)).await);
    }
    let commit = Sent::new(client.batch_execute(COMMIT)).await;
    begin.answer().await?;
    let mut rows = Vec::with_capacity(queries.len());
    for query in queries {
        rows.push(query.answer().await?);
    }
    commit.answer().await?;
    Ok(rows)
}

/// A connection that is taken from the pool until this is dropped.
pub(crate) struct Connection {
    object: Option<Object<Manager>>,
    /// Nobody knows how far a transaction is that was not waited for, so its connection is not used
    /// again.
    in_transaction: bool,
}

impl Connection {
    /// The client.
    pub(crate) fn client(&self) -> Result<&ClientWrapper, Error> {
        let lost = || Error::Pool("the connection was given up".to_owned());
        self.object.as_deref().ok_or_else(lost)
    }

    /// Gives the connection up if what came of its use says that it is of no more use.
    fn keep_after<T>(&mut self, outcome: &Result<T, Error>) {
        if let Err(error) = outcome
            && (error.is_lost() || matches!(error, Error::Silent))
        {
            self.give_up();
        }
    }

    /// Closes it when this is dropped, instead of giving it back to the pool.
    pub(crate) fn give_up(&mut self) {
        self.object.take().map(Object::take);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.in_transaction {
            self.give_up();
        }
    }
}

/// How long something is tried again.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// All of it.
    pub(crate) fn new() -> Self {
        Self { until: Instant::now() + PATIENCE, pause: PAUSE }
    }

    /// Whether it is worth while to try again after this error; waits before it says yes.
    pub(crate) async fn is_left_for(&mut self, error: &Error) -> bool {
        let next = Instant::now() + self.pause;
        if !(error.is_lost() || error.is_collision()) || next > self.until {
            return false;
        }
        sleep_until(next).await;
        self.pause *= 2;
        true
    }
}
