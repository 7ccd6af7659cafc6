//! The one thread that writes, and how it commits in groups.
//!
//! A commit costs one fsync, whatever is in it. So the thread takes all requests that wait, runs
//! them in one transaction, each in a savepoint of its own, commits once, and only then answers
//! all of them: while one group is being synced the next one gathers. A request that fails undoes
//! its own savepoint and nothing else.
//!
//! If the transaction as a whole fails (the disk is full), each request is tried in a transaction
//! of its own, so that one that is too large does not take the others with it.

use std::io;
use std::thread::{self, JoinHandle};

use pantry_store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;

/// How many requests may wait before those who ask have to.
const QUEUE: usize = 1024;

/// The most requests in one transaction; more would make the first of them wait too long.
const GROUP: usize = 256;

/// The handle of the writing thread. Dropping it does what is queued, and waits for that.
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Request>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread; the connection is its own. It calls `committed` after every COMMIT, and
    /// before anybody whose request was in it is answered.
    pub(crate) fn start(
        connection: Connection,
        committed: impl Fn(&Connection) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, requests) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&connection, &committed, requests))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs this within a transaction; what it did is on disk when this returns. `work` may be run
    /// more than once, each time on a database where it has done nothing yet. Once this has been
    /// polled the work may be done even if nobody waits for the answer any more.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request = Box::new(Pending { work, result: None, reply });
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.send(request).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // It only ends otherwise than in order by a panic, which has been reported already.
            let _ = thread.join();
        }
    }
}

fn ended() -> StoreError {
    StoreError::Broken("the thread that writes the database has ended".to_owned())
}

/// A request of any result type.
trait Request: Send {
    /// Does the work and keeps its result.
    fn run(&mut self, connection: &Connection) -> Result<(), ()>;
    /// Forgets its result: it came from a transaction that is undone as a whole.
    fn forget(&mut self);
    /// Says that the work was undone, and why, unless it had failed by itself.
    fn undone(&mut self, because: StoreError);
    /// Hands the result over.
    fn answer(self: Box<Self>);
}

struct Pending<T, F> {
    work: F,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Request for Pending<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Error> + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), ()> {
        let result = (self.work)(connection).map_err(|error| seen(connection, error));
        let done = result.as_ref().map(drop).map_err(drop);
        self.result = Some(result);
        done
    }

    fn forget(&mut self) {
        self.result = None;
    }

    fn undone(&mut self, because: StoreError) {
        if !matches!(self.result, Some(Err(_))) {
            self.result = Some(Err(because));
        }
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may have gone.
        let _ = self.reply.send(self.result.unwrap_or_else(|| Err(ended())));
    }
}

fn seen(connection: &Connection, error: Error) -> StoreError {
    error.into_store(connection.path().unwrap_or_default())
}

fn serve(
    connection: &Connection,
    committed: &dyn Fn(&Connection),
    mut requests: mpsc::Receiver<Box<dyn Request>>,
) {
    while let Some(first) = requests.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(next) = requests.try_recv() else { break };
            group.push(next);
        }
        if let Err(error) = transact(connection, committed, &mut group) {
            if let [only] = group.as_mut_slice() {
                only.undone(seen(connection, error));
            } else {
                group.iter_mut().for_each(|one| alone(connection, committed, one));
            }
        }
        group.into_iter().for_each(Request::answer);
    }
}

fn alone(connection: &Connection, committed: &dyn Fn(&Connection), request: &mut Box<dyn Request>) {
    request.forget();
    if let Err(error) = transact(connection, committed, std::slice::from_mut(request)) {
        request.undone(seen(connection, error));
    }
}

/// Runs the requests in one transaction. An error means that none of them did anything.
fn transact(
    connection: &Connection,
    committed: &dyn Fn(&Connection),
    group: &mut [Box<dyn Request>],
) -> Result<(), Error> {
    let outcome = begin_to_commit(connection, group);
    if outcome.is_ok() {
        committed(connection);
    }
    if outcome.is_err() && !connection.is_autocommit() {
        step(connection, "ROLLBACK")?;
    }
    outcome
}

fn begin_to_commit(connection: &Connection, group: &mut [Box<dyn Request>]) -> Result<(), Error> {
    step(connection, "BEGIN IMMEDIATE")?;
    for request in group {
        step(connection, "SAVEPOINT request")?;
        if request.run(connection).is_err() {
            // After some errors SQLite has undone everything: then this fails, as it should.
            step(connection, "ROLLBACK TO request")?;
        }
        step(connection, "RELEASE request")?;
    }
    step(connection, "COMMIT")
}

fn step(connection: &Connection, statement: &str) -> Result<(), Error> {
    connection.prepare_cached(statement)?.execute([])?;
    Ok(())
}
