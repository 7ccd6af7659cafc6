//! The threads on which run lists are solved. What is hard to solve may take a good part of a second,
//! in which nobody else's request may wait.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use pantry_model::Error;
use pantry_model::refusals::solving;
use tokio::sync::oneshot;

/// How many there are at most.
const MOST: usize = 4;

/// How many orders may wait.
const QUEUE: usize = 256;

type Order = Box<dyn FnOnce() + Send>;

/// The threads, which start with the first order and end with this.
#[derive(Default)]
pub(super) struct Threads {
    orders: OnceLock<Option<SyncSender<Order>>>,
}

impl Threads {
    /// Does this on one of the threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let stopped = || Error::Internal("the threads that solve run lists have ended".to_owned());
        let orders = self.orders.get_or_init(start).as_ref().ok_or_else(stopped)?;
        let (reply, answer) = oneshot::channel();
        let order: Order = Box::new(move || {
            // Whoever asked may have gone, and then needs no answer.
            if !reply.is_closed() {
                let _ = reply.send(work());
            }
        });
        match orders.try_send(order) {
            Ok(()) => answer.await.map_err(|_| stopped()),
            Err(TrySendError::Full(_)) => Err(solving::overloaded().into()),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }
}

fn start() -> Option<SyncSender<Order>> {
    let (orders, queue) = sync_channel(QUEUE);
    let queue = Arc::new(Mutex::new(queue));
    let count = thread::available_parallelism().map_or(1, |count| count.get().min(MOST));
    let started = (0..count).filter(|number| {
        let (queue, name) = (Arc::clone(&queue), format!("solver-{number}"));
        let started = thread::Builder::new().name(name).spawn(move || serve(&queue));
        started
            .inspect_err(|error| tracing::error!(%error, "a solver's thread cannot start"))
            .is_ok()
    });
    (started.count() > 0).then_some(orders)
}

fn serve(queue: &Mutex<Receiver<Order>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(order) => order(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_ordered_is_done_and_too_much_is_refused() {
        let threads = Threads::default();
        assert_eq!(threads.run(|| 6 * 7).await.unwrap(), 42);
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let wait = || {
            let held = Arc::clone(&held);
            threads.run(move || held.lock().unwrap().recv().is_ok())
        };
        let mut waiting: Vec<_> = (0..QUEUE + MOST + 1).map(|_| Box::pin(wait())).collect();
        let mut refused = 0;
        for order in &mut waiting {
            if let Some(Err(error)) = poll(order.as_mut()).await {
                assert_eq!(error, solving::overloaded().into());
                refused += 1;
            }
        }
        assert!(refused > 0);
        drop(hold);
    }

    async fn poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
