//! The threads that read: each has a connection of its own, and none waits for the writer.
//!
//! Each request is one read transaction and so sees one state of the database, the newest that was
//! committed when it began.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use pantry_store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;

/// How many requests may wait before those who ask have to.
const QUEUE: usize = 256;

type Request = Box<dyn FnOnce(&Connection) + Send>;

/// The handle of the reading threads. Dropping it waits for what is queued.
pub(crate) struct Readers {
    queue: Option<mpsc::Sender<Request>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(crate) fn start(connections: Vec<Connection>) -> io::Result<Self> {
        let (queue, requests) = mpsc::channel(QUEUE);
        let requests = Arc::new(Mutex::new(requests));
        // Kept as they are made, so that those which run end if a later one cannot be started.
        let mut readers = Self { queue: Some(queue), threads: Vec::new() };
        for connection in connections {
            let requests = Arc::clone(&requests);
            let thread = thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || serve(&connection, &requests))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Runs this within a read transaction.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request = Box::new(move |connection: &Connection| {
            // Who stopped waiting while this was in the queue wants nothing read.
            if !reply.is_closed() {
                let file = connection.path().unwrap_or_default();
                let _ = reply.send(snapshot(connection, work).map_err(|e| e.into_store(file)));
            }
        });
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.send(request).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // It only ends otherwise than in order by a panic, which has been reported already.
            let _ = thread.join();
        }
    }
}

fn ended() -> StoreError {
    StoreError::Broken("the threads that read the database have ended".to_owned())
}

fn serve(connection: &Connection, requests: &Mutex<mpsc::Receiver<Request>>) {
    loop {
        // One thread waits in the channel and the others at the lock; each leaves with one request.
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match next {
            Some(request) => request(connection),
            None => return,
        }
    }
}

/// Runs this within a read transaction.
pub(crate) fn snapshot<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let result = work(connection);
    if !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK")?.execute([])?;
    }
    result
}
