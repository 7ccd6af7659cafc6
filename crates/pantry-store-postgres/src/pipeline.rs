//! Statements that are sent one after the other without waiting for an answer in between.
//!
//! A write is a transaction of five to ten statements, and its scope is locked from the first to
//! the last. One round trip for each would make every other write of the scope wait for ten; sent
//! together they take one. So no statement can depend on what an earlier one answered: each that
//! has a condition calls `refuse()` if it is not met, which fails it and everything after it, the
//! COMMIT included. What it would mean is said beside the statement ([`Step`]).
//!
//! Only the BEGIN is waited for, before anything is locked: were it to fail, what follows would be
//! so many transactions. Everything after it is with the library before the first answer is awaited.
//! So whoever stops waiting leaves a transaction that is done, or undone, as a whole.

use std::pin::Pin;
use std::task::Poll;

use pantry_model::{ApplicationName, ObjectId};
use pantry_store::columns::broken;
use pantry_store::{Scope, StoreError};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use crate::error::{Error, NO_SCOPE, REFUSED};

pub(crate) const BEGIN: &str = "BEGIN";
pub(crate) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
pub(crate) const COMMIT: &str = "COMMIT";

/// A statement that has been handed over and whose answer has not been looked at.
pub(crate) struct Sent<F: Future> {
    answer: Result<F::Output, Pin<Box<F>>>,
}

impl<F: Future> Sent<F> {
    /// Hands it over: the library sends a statement when it is first polled.
    pub(crate) async fn new(statement: F) -> Self {
        let mut waiting = Box::pin(statement);
        let polled = std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context)));
        match polled.await {
            Poll::Ready(answer) => Self { answer: Ok(answer) },
            Poll::Pending => Self { answer: Err(waiting) },
        }
    }

    /// Waits for the answer.
    pub(crate) async fn answer(self) -> F::Output {
        match self.answer {
            Ok(answer) => answer,
            Err(waiting) => waiting.await,
        }
    }
}

/// A statement of a write, and what its failures mean.
pub(crate) struct Step<'a> {
    statement: &'static str,
    parameters: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
    refusals: Vec<StoreError>,
    taken: Option<StoreError>,
    missing: Vec<(&'static str, ObjectId)>,
}

impl<'a> Step<'a> {
    /// A statement without parameters.
    pub(crate) fn new(statement: &'static str) -> Self {
        let (parameters, refusals, missing) = (Vec::new(), Vec::new(), Vec::new());
        Self { statement, parameters, refusals, taken: None, missing }
    }

    /// Its next parameter.
    pub(crate) fn with(mut self, parameter: impl ToSql + Sync + Send + 'a) -> Self {
        self.parameters.push(Box::new(parameter));
        self
    }

    /// What it means when the statement refuses for its first reason, its second …
    pub(crate) fn refusing(mut self, reasons: impl IntoIterator<Item = StoreError>) -> Self {
        self.refusals.extend(reasons);
        self
    }

    /// What it means when something is there already.
    pub(crate) fn taken(mut self, error: StoreError) -> Self {
        self.taken = Some(error);
        self
    }

    /// Which object is not there when this column refers to nothing.
    pub(crate) fn missing(mut self, constraint: &'static str, object: ObjectId) -> Self {
        self.missing.push((constraint, object));
        self
    }

    /// Its SQL.
    pub(crate) fn statement(&self) -> &'static str {
        self.statement
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.parameters.iter().map(|one| one.as_ref() as &(dyn ToSql + Sync)).collect()
    }

    /// What the database said, in our words, if it was one of the failures that are foreseen.
    fn explain(&self, said: &DbError) -> Option<StoreError> {
        match said.code().code() {
            REFUSED => {
                let number: usize = said.message().parse().ok()?;
                self.refusals.get(number.checked_sub(1)?).cloned()
            }
            NO_SCOPE => Some(no_scope(said.message())),
            _ if *said.code() == SqlState::UNIQUE_VIOLATION => self.taken.clone(),
            _ if *said.code() == SqlState::FOREIGN_KEY_VIOLATION => {
                let constraint = said.constraint()?;
                let (_, object) = self.missing.iter().find(|(known, _)| *known == constraint)?;
                Some(StoreError::NoSuchObject(*object))
            }
            _ => None,
        }
    }
}

fn no_scope(name: &str) -> StoreError {
    if name == Scope::Global.as_str() {
        return broken("there is no scope `_global`");
    }
    match name.parse::<ApplicationName>() {
        Ok(name) => StoreError::NoSuchApplication(name),
        Err(error) => broken(error),
    }
}

/// Why a transaction was not done.
pub(crate) enum Failure {
    /// It is undone.
    Undone(Error),
    /// The connection was lost, and nobody knows.
    Unknown(Error),
}

/// Sends all of it as one transaction, and gives the rows of each step. The statements are those
/// of the steps, prepared.
pub(crate) async fn transact(
    client: &Client,
    steps: &[Step<'_>],
    statements: &[Statement],
) -> Result<Vec<Vec<Row>>, Failure> {
    let parameters: Vec<_> = steps.iter().map(Step::parameters).collect();
    // Nothing has been done, so even a lost connection leaves nothing to wonder about.
    client.batch_execute(BEGIN).await.map_err(|error| Failure::Undone(error.into()))?;
    let mut sent = Vec::with_capacity(steps.len());
    for (statement, parameters) in statements.iter().zip(&parameters) {
        sent.push(Sent::new(client.query(statement, parameters)).await);
    }
    let commit = Sent::new(client.batch_execute(COMMIT)).await;

    let mut failed = None;
    let mut rows = Vec::with_capacity(steps.len());
    for (step, one) in steps.iter().zip(sent) {
        match one.answer().await {
            Ok(found) => rows.push(found),
            Err(error) if failed.is_none() => failed = Some(explained(step, error)),
            // What follows is either a consequence, or says that the connection went as well.
            Err(_) => {}
        }
    }
    let committed = commit.answer().await.map_err(Error::from);
    match (failed, committed) {
        (None, Ok(())) => Ok(rows),
        // The database itself said that a statement failed: then it has undone the transaction, and
        // made nothing of the COMMIT.
        (Some(error), _) if error.said().is_some() || matches!(error, Error::Store(_)) => {
            Err(Failure::Undone(error))
        }
        // Of a session that is being ended nobody can say from here whether its COMMIT came first.
        (None, Err(error)) if error.said().is_some() && !error.is_lost() => {
            Err(Failure::Undone(error))
        }
        (Some(error), _) | (None, Err(error)) => Err(Failure::Unknown(error)),
    }
}

fn explained(step: &Step<'_>, error: tokio_postgres::Error) -> Error {
    match error.as_db_error().and_then(|said| step.explain(said)) {
        Some(error) => Error::Store(error),
        None => Error::Postgres(error),
    }
}
