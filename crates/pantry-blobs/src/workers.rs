//! Threads that wait for disks and hash, so that no thread that serves requests does.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::error::BlobError;

/// How many threads there are. Disks do several things at once, and hashing takes whole cores.
const THREADS: usize = 4;

/// How many tasks may wait; beyond that, who has another waits to be let in.
const QUEUE: usize = 64;

type Task = Box<dyn FnOnce() + Send>;

/// The handle of the threads, which end with the last handle.
#[derive(Clone, Debug)]
pub(crate) struct Workers {
    queue: mpsc::Sender<Task>,
}

impl Workers {
    pub(crate) fn start() -> Result<Self, BlobError> {
        let (queue, tasks) = mpsc::channel::<Task>(QUEUE);
        let tasks = Arc::new(Mutex::new(tasks));
        for number in 1..=THREADS {
            let tasks = Arc::clone(&tasks);
            let work = move || {
                loop {
                    // One waits for a task, the others for their turn to wait.
                    let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                    match task {
                        Some(task) => task(),
                        None => return,
                    }
                }
            };
            let started = thread::Builder::new().name(format!("blobs-{number}")).spawn(work);
            started.map_err(|error| {
                BlobError::Unavailable(format!("the threads for files cannot be started: {error}"))
            })?;
        }
        Ok(Self { queue })
    }

    /// Does something on one of the threads. If the caller stops waiting, it is done all the same.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move || {
            // Whoever asked may have gone.
            let _ = reply.send(work());
        });
        let gone =
            || BlobError::Broken("a thread that reads and writes files has ended".to_owned());
        self.queue.send(task).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
