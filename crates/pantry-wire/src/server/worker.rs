//! The IO thread: one loop over all sockets, which ends when the last handle is gone.

use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use mio::unix::SourceFd;
use mio::{Interest, Poll, Token};
use tokio::sync::{mpsc, oneshot};

use super::commands::Command;
use super::config::{Directory, Limits};
use super::connections::Connections;
use super::count::Count;
use super::event::{Event, RefusedWhat};
use crate::bell::Bell;
use crate::ffi::{Fault, Frame, Socket};
use crate::monitor::Watched;
use crate::outbox::Outbox;

/// How many refusals may stand in line before further ones are only logged.
const REFUSALS_IN_LINE: usize = 1_024;

/// A bound socket, its monitor and its connections.
pub(crate) struct Side {
    pub(crate) watched: Watched,
    pub(crate) connections: Connections,
    /// How the handshake failed of which libzmq says next that it is disconnected.
    pub(crate) failed: Option<RefusedWhat>,
}

impl Side {
    pub(crate) fn new(watched: Watched) -> Self {
        Self { watched, connections: Connections::default(), failed: None }
    }
}

/// One of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Publish,
    Receive,
}

/// Everything that the thread owns.
pub(crate) struct Worker {
    /// None in the file service.
    pub(crate) publish: Option<Side>,
    pub(crate) receive: Side,
    pub(crate) zap: Socket,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) limits: Limits,
    pub(crate) events: Outbox<Event>,
    pub(crate) frame: Frame,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) count: Count,
    numbers: u64,
    pub(crate) looked_at: Instant,
    poller: Poll,
    bell: Arc<Bell>,
    pub(crate) waker: Waker,
    pub(crate) closed: Option<oneshot::Sender<()>>,
}

/// What a worker is made of.
pub(crate) struct Parts {
    pub(crate) publish: Option<Side>,
    pub(crate) receive: Side,
    pub(crate) zap: Socket,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) limits: Limits,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) commands: mpsc::Receiver<Command>,
}

impl Worker {
    pub(crate) fn new(parts: Parts) -> io::Result<Self> {
        let poller = Poll::new()?;
        let bell = Bell::new(poller.registry())?;
        let sides = parts.publish.iter().chain([&parts.receive]);
        let sockets = sides.flat_map(|side| [&side.watched.socket, side.watched.monitor.socket()]);
        for (at, socket) in sockets.chain([&parts.zap]).enumerate() {
            let descriptor = socket.descriptor().map_err(io::Error::other)?;
            let mut source = SourceFd(&descriptor);
            poller.registry().register(&mut source, Token(at), Interest::READABLE)?;
        }
        let waker = bell.waker(0);
        Ok(Self {
            publish: parts.publish,
            receive: parts.receive,
            zap: parts.zap,
            directory: parts.directory,
            limits: parts.limits,
            events: Outbox::new(parts.events, waker.clone()),
            frame: Frame::new(),
            commands: parts.commands,
            count: Count::new(),
            numbers: 0,
            looked_at: Instant::now(),
            poller,
            bell,
            waker,
            closed: None,
        })
    }

    /// Runs until the last handle is gone.
    pub(crate) fn run(mut self) {
        if let Err(fault) = self.serve() {
            tracing::error!(%fault, "the thread of the server's sockets ends");
        }
        let closed = self.closed.take();
        // Closes the sockets and waits for what lingers, so the ports are free afterwards.
        drop(self);
        if let Some(closed) = closed {
            let _ = closed.send(());
        }
    }

    fn serve(&mut self) -> Result<(), Fault> {
        let mut wakeups = mio::Events::with_capacity(16);
        loop {
            // libzmq tells of news once, and sending can swallow it: only when a whole round
            // finds nothing to do is it safe to sleep.
            let mut busy = self.read_monitors()?;
            busy |= self.read_subscriptions()?;
            busy |= self.answer_handshake()?;
            busy |= self.read_messages()?;
            busy |= match self.take_commands() {
                Some(busy) => busy,
                None => return Ok(()),
            };
            self.end_troublesome();
            if busy {
                continue;
            }
            let timeout =
                self.next_deadline().map(|at| at.saturating_duration_since(Instant::now()));
            if let Err(error) = self.poller.poll(&mut wakeups, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "the server's sockets cannot be waited for");
                return Ok(());
            }
            self.bell.take();
        }
    }

    /// This side, if it is there.
    pub(crate) fn side(&mut self, which: Which) -> Option<&mut Side> {
        match which {
            Which::Publish => self.publish.as_mut(),
            Which::Receive => Some(&mut self.receive),
        }
    }

    /// The next number, for acceptances and handshakes alike.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Tells an event.
    pub(crate) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Tells of a refusal, unless too many stand in line already.
    pub(crate) fn refuse(&mut self, who: String, address: String, what: RefusedWhat) {
        if self.events.waiting() < REFUSALS_IN_LINE {
            self.tell(Event::Refused { who, address, what });
        } else {
            tracing::debug!(who, address, %what, "refused");
        }
    }
}
