//! Reads of one thing, on the thread of whoever asks.
//!
//! Handing a read to one of the [`readers`](crate::readers) and waking up for its answer costs more
//! than the read. Measured with eight tasks on a runtime of two threads, two cores, a release build
//! and objects of 500 bytes among a thousand: 12 µs of processor time and 140,000 reads a second by
//! way of the threads, 5 µs and 310,000 here, whether or not somebody writes meanwhile. Every
//! signed request makes such reads, and is to take less than 60 µs in all.
//!
//! The price is that the caller's thread waits for the disk if a page is not in memory. So only
//! what reads a few rows by their names runs here, and lists do not; and a caller that finds no
//! connection free does not wait for one but goes to the readers' queue. Nobody waits for the
//! writer, which readers of a write-ahead log never do.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pantry_store::StoreError;
use rusqlite::Connection;

use crate::error::Error;
use crate::readers::snapshot;

/// How many names, ids or places at most are looked up here.
pub(crate) const FEW: usize = 16;

/// Connections that nobody is reading with.
pub(crate) struct Points {
    idle: Mutex<Vec<Connection>>,
}

impl Points {
    /// A pool of these.
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self { idle: Mutex::new(connections) }
    }

    /// Runs this within a read transaction, or gives it back if no connection is free.
    pub(crate) fn run<T, F>(&self, work: F) -> Result<Result<T, StoreError>, F>
    where
        F: FnOnce(&Connection) -> Result<T, Error>,
    {
        // The one that was used last, since it has the most in its cache.
        let Some(connection) = self.idle().pop() else { return Err(work) };
        let result = snapshot(&connection, work)
            .map_err(|error| error.into_store(connection.path().unwrap_or_default()));
        self.idle().push(connection);
        Ok(result)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Points {
        Points::new(vec![Connection::open_in_memory().unwrap()])
    }

    #[test]
    fn who_finds_no_connection_free_is_sent_away() {
        let points = pool();
        let within = points.run(|_| Ok(points.run(|_| Ok(())).is_err()));
        assert!(matches!(within, Ok(Ok(true))));
        assert!(points.run(|_| Ok(())).is_ok(), "the connection did not come back");
    }

    #[test]
    fn a_connection_comes_back_from_a_read_that_fails() {
        let points = pool();
        let failed = points.run(|c| Ok(c.execute_batch("SELECT nothing")?));
        assert!(matches!(failed, Ok(Err(StoreError::Broken(_)))));
        let next = points.run(|c| Ok(c.query_row("SELECT 7", [], |row| row.get(0))?));
        assert!(matches!(next, Ok(Ok(7))));
    }
}
