//! Where work is done that computes, or waits for a disk: off the threads that serve requests.
//!
//! Those are as few as there are cores, and what they do must not take long. tokio has other threads
//! for the rest, of which it would start hundreds, with a queue that has no end: so this is the one
//! place that hands work to them, and whoever has some says how much of it may be done at once.

use std::sync::Arc;
use std::thread;

use pantry_model::Error;
use tokio::sync::Semaphore;

/// How many there are for files. Disks do several things at once, and hashing takes whole cores.
const FOR_FILES: usize = 4;

/// How many do what takes whole cores, at most: others have to be served as well.
const MOST: usize = 4;

/// So many workers. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Workers {
    turns: Arc<Semaphore>,
}

/// Work did not come to its end.
#[derive(Debug, thiserror::Error)]
#[error("work on another thread did not come to its end: {0}")]
pub struct Ended(String);

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        Self::Internal(ended.to_string())
    }
}

impl Workers {
    fn new(count: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(count)) }
    }

    /// Some that wait for disks, and hash.
    pub(crate) fn for_files() -> Self {
        Self::new(FOR_FILES)
    }

    /// One for each core, but no more than four: they compute.
    pub fn of_cores() -> Self {
        Self::new(thread::available_parallelism().map_or(1, |count| count.get().min(MOST)))
    }

    /// Does something, in the order in which it is asked for. If the caller stops waiting before it is
    /// begun, it is not done; after that it is done all the same.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Ended> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Ended(error.to_string()))?;
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "its turn has come: so many are at work at most"
        )]
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| Ended(error.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn no_more_than_so_many_are_at_work() {
        let workers = Workers::new(2);
        let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let all = (0..50usize).map(|number| {
            let (workers, at_work, most) =
                (workers.clone(), Arc::clone(&at_work), Arc::clone(&most));
            tokio::spawn(async move {
                let work = move || {
                    let now = at_work.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::yield_now();
                    at_work.fetch_sub(1, Ordering::SeqCst);
                    Ok::<_, Ended>(number)
                };
                workers.run(work).await.unwrap()
            })
        });
        let mut done = Vec::new();
        for one in all.collect::<Vec<_>>() {
            done.push(one.await.unwrap());
        }
        assert_eq!(done, (0..50).collect::<Vec<_>>());
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_begun() {
        let workers = Workers::new(1);
        let ((hold, held), (begun, is_begun)) = (mpsc::channel::<()>(), oneshot::channel());
        let first = {
            let workers = workers.clone();
            tokio::spawn(async move {
                let work = move || {
                    begun.send(()).unwrap();
                    Ok::<_, Ended>(held.recv().is_err())
                };
                workers.run(work).await
            })
        };
        is_begun.await.unwrap();
        // The only worker goes on with what nobody waits for, and nobody else has a turn.
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let second = workers.run(|| -> Result<(), Ended> { unreachable!() });
        assert!(futures_util::FutureExt::now_or_never(second).is_none());
        drop(hold);
        assert_eq!(workers.run(|| Ok::<_, Ended>(3)).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn what_panics_is_an_error_and_leaves_its_turn() {
        let workers = Workers::new(1);
        let panicked = workers.run(|| -> Result<(), Ended> { panic!("at work") }).await;
        assert!(panicked.unwrap_err().to_string().contains("panicked"));
        assert_eq!(workers.run(|| Ok::<_, Ended>(3)).await.unwrap(), 3);
    }
}
