//! How the async world wakes an IO thread that sleeps in its poll.
//!
//! A [`Bell`] is one waker in the poll set and a list of who rang. It also makes `std::task` wakers,
//! so an IO thread can poll the futures of tokio's channels itself: that is how it waits for a
//! command, or for room in a full channel, without ever blocking.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// The poll token of the bell itself.
pub(crate) const TOKEN: mio::Token = mio::Token(usize::MAX);

/// Wakes an IO thread.
pub(crate) struct Bell {
    waker: mio::Waker,
    rung: Mutex<Vec<usize>>,
}

struct Rope {
    bell: Arc<Bell>,
    who: usize,
}

impl Wake for Rope {
    fn wake(self: Arc<Self>) {
        self.bell.ring(self.who);
    }
}

impl Bell {
    /// A bell that wakes whoever polls with this registry.
    pub(crate) fn new(registry: &mio::Registry) -> std::io::Result<Arc<Self>> {
        let waker = mio::Waker::new(registry, TOKEN)?;
        Ok(Arc::new(Self { waker, rung: Mutex::new(Vec::new()) }))
    }

    /// Wakes the IO thread and says for whom.
    pub(crate) fn ring(&self, who: usize) {
        let first = {
            let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
            let first = rung.is_empty();
            if rung.last() != Some(&who) {
                rung.push(who);
            }
            first
        };
        if first && let Err(error) = self.waker.wake() {
            tracing::error!(%error, "an IO thread cannot be woken");
        }
    }

    /// Who rang since the last time.
    pub(crate) fn take(&self) -> Vec<usize> {
        std::mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A task waker that rings for this one.
    pub(crate) fn waker(self: &Arc<Self>, who: usize) -> Waker {
        Waker::from(Arc::new(Rope { bell: Arc::clone(self), who }))
    }
}
