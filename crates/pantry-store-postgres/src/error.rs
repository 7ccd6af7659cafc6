//! PostgreSQL's errors as the seam's, in one place, and which of them may be tried again.
//!
//! Three kinds matter to whoever decides what to do next: the connection is gone or the server is
//! on its way down or up ([`Error::is_lost`]); two transactions got in each other's way, and one of
//! them was undone ([`Error::is_collision`]); everything else stays as it is when it is repeated.

use std::error::Error as StdError;

use deadpool::managed::{PoolError, TimeoutType};
use pantry_store::StoreError;
use tokio_postgres::error::{DbError, SqlState};

use crate::connect::ConnectError;

/// What can go wrong within a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// PostgreSQL or the connection to it says so.
    #[error("{}", told(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// No connection was free for so long.
    #[error("all its connections are busy (`store.pool` says how many there are)")]
    Busy,
    /// It did not answer for so long.
    #[error("it does not answer")]
    Silent,
    /// The pool does not work.
    #[error("{0}")]
    Pool(String),
    /// We say so.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `refuse()` was called, see the first migration; its message is the number of the reason.
pub(crate) const REFUSED: &str = "PAN01";

/// `scope_number()` found none; its message is the scope's name.
pub(crate) const NO_SCOPE: &str = "PAN02";

impl From<PoolError<ConnectError>> for Error {
    fn from(error: PoolError<ConnectError>) -> Self {
        match error {
            PoolError::Backend(error) => Self::Connect(error),
            PoolError::Timeout(TimeoutType::Wait) => Self::Busy,
            PoolError::Timeout(_) => Self::Silent,
            other => Self::Pool(other.to_string()),
        }
    }
}

impl Error {
    /// What the database itself said, if it did.
    pub(crate) fn said(&self) -> Option<&DbError> {
        match self {
            Self::Postgres(error) => error.as_db_error(),
            _ => None,
        }
    }

    fn state(&self) -> Option<&SqlState> {
        self.said().map(DbError::code)
    }

    /// Whether the connection is gone, or of no use any more. A new one may do.
    pub(crate) fn is_lost(&self) -> bool {
        let error = match self {
            Self::Postgres(error) => error,
            Self::Connect(error) => return error.may_pass(),
            _ => return false,
        };
        match error.code() {
            // Said by the library: closed, or an error of the socket.
            None => error.is_closed() || is_io(error),
            Some(state) => {
                *state == SqlState::ADMIN_SHUTDOWN
                    || *state == SqlState::CRASH_SHUTDOWN
                    || *state == SqlState::CANNOT_CONNECT_NOW
                    || *state == SqlState::TOO_MANY_CONNECTIONS
                    || *state == SqlState::IDLE_SESSION_TIMEOUT
                    // What this was connected to has become a standby.
                    || *state == SqlState::READ_ONLY_SQL_TRANSACTION
                    || self.is_outdated()
            }
        }
    }

    /// Whether a statement was prepared before a newer server changed the schema.
    fn is_outdated(&self) -> bool {
        self.state() == Some(&SqlState::FEATURE_NOT_SUPPORTED)
            && self.said().is_some_and(|said| said.message().starts_with("cached plan"))
    }

    /// Whether two transactions could not both be done, and this was the one that was undone.
    pub(crate) fn is_collision(&self) -> bool {
        self.state().is_some_and(|state| {
            *state == SqlState::T_R_SERIALIZATION_FAILURE
                || *state == SqlState::T_R_DEADLOCK_DETECTED
        })
    }

    /// Whether a file could not be written or read for a reason that has no SQLSTATE of its own: a
    /// quota, a limit of the process. Only where it was said tells that from a fault of PostgreSQL's.
    fn is_of_files(&self) -> bool {
        self.state() == Some(&SqlState::INTERNAL_ERROR)
            && matches!(self.said().and_then(DbError::file), Some("md.c" | "fd.c"))
    }

    /// The error as callers see it. `place` is the database, for people who have to look after it.
    pub(crate) fn into_store(self, place: &str) -> StoreError {
        match self {
            Self::Store(error) => return error,
            // It says where by itself.
            Self::Connect(error) => {
                let advice = error.advice().map(|it| format!(": {it}")).unwrap_or_default();
                return StoreError::Unavailable(format!("{error}{advice}"));
            }
            _ => {}
        }
        let Some(state) = self.state() else {
            let text = format!("the database {place}: {self}");
            return match self {
                Self::Postgres(ref e) if !e.is_closed() && !is_io(e) => StoreError::Broken(text),
                _ => StoreError::Unavailable(text),
            };
        };
        let advice = if *state == SqlState::DISK_FULL {
            "its disk is full: make room there, and it goes on by itself"
        } else if self.is_of_files() {
            "the disk refused: see that it has room and works, and it goes on by itself"
        } else if *state == SqlState::READ_ONLY_SQL_TRANSACTION {
            "it takes no writes: see that `store.url` leads to the primary and not to a standby"
        } else if *state == SqlState::TOO_MANY_CONNECTIONS {
            "it has no connection left: raise its `max_connections`, or lower `store.pool`"
        } else if *state == SqlState::LOCK_NOT_AVAILABLE {
            "another transaction keeps what this one needs"
        } else if *state == SqlState::QUERY_CANCELED {
            "it took too long, or was cancelled"
        } else if self.is_lost() || self.is_collision() || passes(state) {
            "it cannot do this now"
        } else {
            return StoreError::Broken(format!("the database {place}: {self}"));
        };
        StoreError::Unavailable(format!("the database {place}: {advice} ({self})"))
    }
}

/// Classes of errors that are the machine's and not the statement's: what connects, who may, what
/// there is of resources, what an operator did, what the system refused.
fn passes(state: &SqlState) -> bool {
    ["08", "28", "53", "57", "58"].iter().any(|class| state.code().starts_with(class))
        || *state == SqlState::UNDEFINED_DATABASE
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    causes(error).any(|cause| cause.is::<std::io::Error>())
}

/// What the database said, else what the library says with its causes.
pub(crate) fn told(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    causes(error).fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Why an error came about, and why that did.
fn causes(error: &tokio_postgres::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
