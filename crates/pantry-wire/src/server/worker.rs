//! The IO thread: one loop over all sockets, which ends when the last handle is gone.

use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Poll as Poller, Token};
use pantry_model::Principal;
use tokio::sync::{mpsc, oneshot};

use super::config::{Directory, Limits};
use super::connections::{Connections, Count};
use super::event::{ConnectionId, Event, RefusedWhat};
use super::handle::{MAX_SUBSCRIPTION_BYTES, QUEUED_FROM_PEER, SendError};
use crate::bell::Bell;
use crate::ffi::{Fault, Frame, Socket};
use crate::monitor::{Change, Watched};
use crate::outbox::Outbox;

/// How many refusals may stand in line before further ones are only logged.
const REFUSALS_IN_LINE: usize = 1_024;

/// How many commands are taken before the sockets get their turn.
const TURN: usize = 64;

/// How often connections are looked at for messages without end.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Some room beside the messages themselves: for the handshake, and what encryption adds.
const LEAST_LIMIT: u64 = 16 * 1024;

/// What the handles ask of the thread.
pub(crate) enum Command {
    Publish(Vec<Vec<u8>>),
    Send(ConnectionId, Vec<Vec<u8>>, oneshot::Sender<Result<(), SendError>>),
    End(ConnectionId, oneshot::Sender<()>),
    EndAllOf(Principal, oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// A bound socket, its monitor and its connections.
pub(crate) struct Side {
    pub(crate) watched: Watched,
    pub(crate) connections: Connections,
    /// How the handshake failed of which libzmq says next that it is disconnected.
    failed: Option<RefusedWhat>,
}

impl Side {
    pub(crate) fn new(watched: Watched) -> Self {
        Self { watched, connections: Connections::default(), failed: None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Publish,
    Receive,
}

/// Everything that the thread owns.
pub(crate) struct Worker {
    pub(crate) publish: Side,
    pub(crate) receive: Side,
    pub(crate) zap: Socket,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) limits: Limits,
    pub(crate) events: Outbox<Event>,
    pub(crate) frame: Frame,
    commands: mpsc::Receiver<Command>,
    count: Count,
    numbers: u64,
    looked_at: Instant,
    poller: Poller,
    bell: Arc<Bell>,
    waker: Waker,
    closed: Option<oneshot::Sender<()>>,
}

/// What a worker is made of.
pub(crate) struct Parts {
    pub(crate) publish: Side,
    pub(crate) receive: Side,
    pub(crate) zap: Socket,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) limits: Limits,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) commands: mpsc::Receiver<Command>,
}

impl Worker {
    pub(crate) fn new(parts: Parts) -> io::Result<Self> {
        let poller = Poller::new()?;
        let bell = Bell::new(poller.registry())?;
        let sockets = [
            &parts.publish.watched.socket,
            parts.publish.watched.monitor.socket(),
            &parts.receive.watched.socket,
            parts.receive.watched.monitor.socket(),
            &parts.zap,
        ];
        for (at, socket) in sockets.into_iter().enumerate() {
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

    fn side(&mut self, which: Which) -> &mut Side {
        match which {
            Which::Publish => &mut self.publish,
            Which::Receive => &mut self.receive,
        }
    }

    /// The next number, for acceptances and handshakes alike.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Reads all monitor events. False if there was none.
    pub(crate) fn read_monitors(&mut self) -> Result<bool, Fault> {
        let publish = self.read_monitor(Which::Publish)?;
        let receive = self.read_monitor(Which::Receive)?;
        Ok(publish || receive)
    }

    fn read_monitor(&mut self, which: Which) -> Result<bool, Fault> {
        let mut any = false;
        let mut too_many = Vec::new();
        // Counted from the acceptance: the handshake comes first.
        let silence = self.limits.handshake_within.saturating_add(self.limits.identify_within);
        let mut frame = std::mem::replace(&mut self.frame, Frame::new());
        while let Some(change) = self.side(which).watched.monitor.next(&mut frame)? {
            any = true;
            match change {
                Change::Accepted(descriptor, address) => {
                    let number = self.next_number();
                    let until = Instant::now() + silence;
                    let connections = &mut self.side(which).connections;
                    connections.accepted(descriptor, address.clone(), number, until);
                    let (from_address, all) = self.count.add(&address);
                    if from_address > self.limits.connections_per_address {
                        let limit = self.limits.connections_per_address;
                        let what = RefusedWhat::TooManyFromAddress { limit };
                        too_many.push((descriptor, address, what));
                    } else if all > self.limits.max_sockets {
                        let what = RefusedWhat::TooMany { limit: self.limits.max_sockets };
                        too_many.push((descriptor, address, what));
                    }
                }
                Change::HandshakeFailed => self.side(which).failed = Some(RefusedWhat::Unfinished),
                Change::HandshakeWrong => self.side(which).failed = Some(RefusedWhat::Handshake),
                Change::Disconnected(descriptor) => self.disconnected(descriptor, which),
                Change::AcceptFailed => {
                    tracing::error!("a connection cannot be accepted: too many open files?");
                }
                Change::HandshakeSucceeded | Change::HandshakeRefused | Change::Closed => {}
            }
        }
        self.frame = frame;
        // Only now, since the end of one of these may have been among the events: its descriptor
        // would be somebody else's.
        for (descriptor, address, what) in too_many {
            if self.side(which).connections.end(descriptor).is_some() {
                self.refuse("unknown".to_owned(), address, what);
            }
        }
        Ok(any)
    }

    fn disconnected(&mut self, descriptor: RawFd, which: Which) {
        let failed = self.side(which).failed.take();
        let Some(connection) = self.side(which).connections.disconnected(descriptor) else {
            return;
        };
        self.count.remove(&connection.address);
        if let Some(what) = failed.filter(|_| !connection.was_ended()) {
            self.refuse("unknown".to_owned(), connection.address, what);
        } else if let Some(peer) = connection.peer
            // Only the receiving side's connections are known outside.
            && which == Which::Receive
        {
            let (connection, principal) = (peer.connection, peer.principal);
            self.tell(Event::Left { connection, principal });
        }
    }

    fn end_troublesome(&mut self) {
        let now = Instant::now();
        let mut silent = self.publish.connections.end_silent(now);
        silent.extend(self.receive.connections.end_silent(now));
        for address in silent {
            self.refuse("unknown".to_owned(), address, RefusedWhat::Silent);
        }
        if now.saturating_duration_since(self.looked_at) < LOOK_EVERY {
            return;
        }
        self.looked_at = now;
        // What may rightly wait in libzmq while events are not read, and a little more.
        let messages = u64::try_from(QUEUED_FROM_PEER).unwrap_or(0) + 2;
        let message = u64::try_from(self.limits.max_message_bytes).unwrap_or(u64::MAX);
        let subscription = MAX_SUBSCRIPTION_BYTES.unsigned_abs();
        let most_received = messages.saturating_mul(message.saturating_add(LEAST_LIMIT));
        let mut endless = self.receive.connections.end_endless(most_received);
        let most_published = messages.saturating_mul(subscription.saturating_add(LEAST_LIMIT));
        endless.extend(self.publish.connections.end_endless(most_published));
        for address in endless {
            self.refuse("unknown".to_owned(), address, RefusedWhat::Endless);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let sides = [&self.publish, &self.receive];
        let silent = sides.into_iter().filter_map(|side| side.connections.next_silent()).min();
        let any = sides.into_iter().any(|side| !side.connections.is_empty());
        silent.into_iter().chain(any.then(|| self.looked_at + LOOK_EVERY)).min()
    }

    /// Takes some commands. None when the last handle is gone; false if there was nothing to do.
    fn take_commands(&mut self) -> Option<bool> {
        for count in 0..TURN {
            let mut context = TaskContext::from_waker(&self.waker);
            match self.commands.poll_recv(&mut context) {
                Poll::Pending => return Some(count > 0),
                Poll::Ready(None) => return None,
                Poll::Ready(Some(Command::Close(closed))) => {
                    self.closed = Some(closed);
                    return None;
                }
                Poll::Ready(Some(command)) => self.command(command),
            }
        }
        Some(true)
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Publish(frames) => {
                if let Err(fault) = self.publish.watched.socket.send_all(&frames) {
                    tracing::warn!(%fault, "a message could not be published");
                }
            }
            Command::Send(connection, frames, answer) => {
                let _ = answer.send(self.send(connection, &frames));
            }
            Command::End(connection, done) => {
                self.receive.connections.end_by_id(connection);
                let _ = done.send(());
            }
            Command::EndAllOf(principal, done) => {
                // So that connections are known that were accepted a moment ago.
                if let Err(fault) = self.read_monitors() {
                    tracing::error!(%fault, "the monitors cannot be read");
                }
                self.publish.connections.end_all_of(&principal);
                self.receive.connections.end_all_of(&principal);
                let _ = done.send(());
            }
            Command::Close(_) => {}
        }
    }

    fn send(&self, connection: ConnectionId, frames: &[Vec<u8>]) -> Result<(), SendError> {
        let Some(routing_id) = self.receive.connections.routing_id(connection) else {
            return Err(SendError::Gone);
        };
        let frames: Vec<&[u8]> =
            std::iter::once(routing_id).chain(frames.iter().map(Vec::as_slice)).collect();
        self.receive.watched.socket.send_all(&frames).map_err(|fault| {
            if fault.is_again() {
                SendError::Full
            } else {
                if !fault.is_unreachable() {
                    tracing::warn!(%fault, "a message could not be sent");
                }
                SendError::Gone
            }
        })
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
