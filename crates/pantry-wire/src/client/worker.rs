//! The IO thread of a network: gives each client a turn when something happened to it.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use mio::unix::SourceFd;
use mio::{Interest, Poll, Registry, Token};

use super::connection::{Connection, Turn};
use super::link::Link;
use super::network::Shared;
use crate::bell;
use crate::ffi::{Context, Fault, Frame};

/// Everything that the thread owns.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    poller: Poll,
    context: Context,
    frame: Frame,
    connections: HashMap<usize, Connection>,
    deadlines: BTreeSet<(Instant, usize)>,
    busy: BTreeSet<usize>,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, poller: Poll, context: Context) -> Self {
        Self {
            shared,
            poller,
            context,
            frame: Frame::new(),
            connections: HashMap::new(),
            deadlines: BTreeSet::new(),
            busy: BTreeSet::new(),
        }
    }

    /// Runs until the network and all its clients are dropped.
    pub(crate) fn run(mut self) {
        let mut wakeups = mio::Events::with_capacity(256);
        loop {
            self.take_new();
            for id in std::mem::take(&mut self.busy) {
                self.turn(id);
            }
            if self.connections.is_empty() && self.is_over() {
                break;
            }
            let timeout = if self.busy.is_empty() {
                let next = self.deadlines.first();
                next.map(|(at, _)| at.saturating_duration_since(Instant::now()))
            } else {
                Some(std::time::Duration::ZERO)
            };
            if let Err(error) = self.poller.poll(&mut wakeups, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "the clients' sockets cannot be waited for");
                break;
            }
            self.busy.extend(
                wakeups
                    .iter()
                    .filter(|event| event.token() != bell::TOKEN)
                    .map(|event| event.token().0),
            );
            self.busy.extend(self.shared.bell.take());
            let now = Instant::now();
            let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
            self.busy.extend(due.map(|(_, id)| *id));
        }
        let shared = Arc::clone(&self.shared);
        // Closes what is left, and waits for what lingers.
        drop(self);
        shared.over.send_replace(true);
    }

    fn is_over(&self) -> bool {
        self.shared.dropped.load(Ordering::Acquire)
            && self.shared.new.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn take_new(&mut self) {
        let new =
            std::mem::take(&mut *self.shared.new.lock().unwrap_or_else(PoisonError::into_inner));
        for parts in new {
            let id = parts.id;
            let waker = self.shared.bell.waker(id);
            self.connections.insert(id, Connection::new(parts, Instant::now(), waker));
            self.busy.insert(id);
        }
    }

    fn turn(&mut self, id: usize) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let before = connection.deadline();
        let registry = self.poller.registry();
        let turn = connection.turn(&self.context, &mut self.frame, Instant::now(), &mut |link| {
            register(registry, link, id).map_err(|error| {
                tracing::error!(%error, "a client's socket cannot be waited for");
                Fault::again()
            })
        });
        let after = connection.deadline();
        match turn {
            Turn::Done => {}
            Turn::More => {
                self.busy.insert(id);
            }
            Turn::Over => {
                self.connections.remove(&id);
            }
        }
        if let Some(before) = before {
            self.deadlines.remove(&(before, id));
        }
        if let Some(after) = after
            && self.connections.contains_key(&id)
        {
            self.deadlines.insert((after, id));
        }
    }
}

/// Puts a link's sockets into the poll set. Closing them takes them out.
fn register(registry: &Registry, link: &Link, id: usize) -> io::Result<()> {
    for socket in [&link.watched.socket, link.watched.monitor.socket()] {
        let descriptor = socket.descriptor().map_err(io::Error::other)?;
        registry.register(&mut SourceFd(&descriptor), Token(id), Interest::READABLE)?;
    }
    Ok(())
}
