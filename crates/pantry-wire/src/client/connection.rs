//! One client: waiting, connecting or connected.
//!
//! Messages to send wait in their channel until there is a connection, and in libzmq while it has
//! room; what libzmq had taken when the connection was lost is lost, which every sender must expect
//! of a network anyway.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::{Duration, Instant};

use pantry_model::Stream;
use tokio::sync::mpsc;

use super::backoff::random;
use super::link::{Failure, Link, Purpose};
use super::{Config, Event};
use crate::ffi::{Context, Fault, Frame};
use crate::options::HANDSHAKE;
use crate::outbox::Outbox;

/// How many messages are read before other clients get their turn.
const TURN: usize = 64;

enum State {
    Waiting { until: Instant },
    Connecting { links: Vec<Link>, until: Instant },
    Connected { links: Vec<Link>, since: Instant },
}

/// How a turn ended.
pub(crate) enum Turn {
    /// There was nothing more to do.
    Done,
    /// There is more to do at once.
    More,
    /// The client was dropped, and everything it wanted to send was handed on.
    Over,
}

/// What a connection is made of.
pub(crate) struct Parts {
    pub(crate) id: usize,
    pub(crate) config: Config,
    pub(crate) outgoing: mpsc::Receiver<Vec<Vec<u8>>>,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) dropped: Arc<AtomicBool>,
}

/// One client.
pub(crate) struct Connection {
    id: usize,
    config: Config,
    state: State,
    attempts: u32,
    names: u64,
    outgoing: mpsc::Receiver<Vec<Vec<u8>>>,
    next: Option<Vec<Vec<u8>>>,
    events: Outbox<Event>,
    dropped: Arc<AtomicBool>,
    waker: Waker,
}

impl Connection {
    pub(crate) fn new(parts: Parts, now: Instant, waker: Waker) -> Self {
        Self {
            id: parts.id,
            config: parts.config,
            state: State::Waiting { until: now },
            attempts: 0,
            names: 0,
            outgoing: parts.outgoing,
            next: None,
            events: Outbox::new(parts.events, waker.clone()),
            dropped: parts.dropped,
            waker,
        }
    }

    /// When it wants its next turn at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Waiting { until } | State::Connecting { until, .. } => Some(*until),
            State::Connected { .. } => None,
        }
    }

    /// Does what there is to do. `register` puts new sockets into the poll set.
    pub(crate) fn turn(
        &mut self,
        context: &Context,
        frame: &mut Frame,
        now: Instant,
        register: &mut dyn FnMut(&Link) -> Result<(), Fault>,
    ) -> Turn {
        match self.try_turn(context, frame, now, register) {
            Ok(turn) => turn,
            Err(fault) => {
                tracing::warn!(%fault, principal = %self.config.principal, "a client's sockets failed");
                self.fail(Failure::Unreachable, now);
                Turn::Done
            }
        }
    }

    fn try_turn(
        &mut self,
        context: &Context,
        frame: &mut Frame,
        now: Instant,
        register: &mut dyn FnMut(&Link) -> Result<(), Fault>,
    ) -> Result<Turn, Fault> {
        let dropped = self.dropped.load(Ordering::Acquire);
        self.events.has_room();
        if let State::Waiting { until } = self.state {
            if dropped {
                return Ok(Turn::Over);
            }
            if until > now {
                return Ok(Turn::Done);
            }
            let links = self.open(context, register)?;
            self.state = State::Connecting { links, until: now + 3 * HANDSHAKE };
        }
        if let Some(failure) = self.read_monitors(frame)? {
            // What had arrived before the connection was lost has arrived.
            self.receive(frame, false)?;
            self.fail(failure, now);
            return Ok(if dropped { Turn::Over } else { Turn::Done });
        }
        let idle = dropped && self.nothing_to_send();
        if let State::Connecting { links, until } = &mut self.state {
            if !links.iter().all(|link| link.is_up) {
                if *until <= now {
                    self.fail(Failure::Unreachable, now);
                }
                return Ok(if idle { Turn::Over } else { Turn::Done });
            }
            let links = std::mem::take(links);
            self.state = State::Connected { links, since: now };
            self.events.push(Event::Connected);
        }
        let sent = self.send()?;
        let received = self.receive(frame, true)?;
        if dropped && self.nothing_to_send() {
            self.links().iter().for_each(Link::let_linger);
            return Ok(Turn::Over);
        }
        // Sending can swallow libzmq's notice that something came, so it is only done when a whole
        // turn did nothing.
        Ok(if sent || received { Turn::More } else { Turn::Done })
    }

    fn open(
        &mut self,
        context: &Context,
        register: &mut dyn FnMut(&Link) -> Result<(), Fault>,
    ) -> Result<Vec<Link>, Fault> {
        let subscribe = self.config.pub_sub_port.map(|port| (Purpose::Subscribe, port));
        let send = (Purpose::Send, self.config.receive_port);
        let mut links = Vec::with_capacity(2);
        for end in subscribe.into_iter().chain([send]) {
            self.names += 1;
            let name = format!("{}-{}", self.id, self.names);
            let link = Link::open(context, &self.config, end, &name)?;
            register(&link)?;
            links.push(link);
        }
        Ok(links)
    }

    fn links(&mut self) -> &mut [Link] {
        match &mut self.state {
            State::Waiting { .. } => &mut [],
            State::Connecting { links, .. } | State::Connected { links, .. } => links,
        }
    }

    fn read_monitors(&mut self, frame: &mut Frame) -> Result<Option<Failure>, Fault> {
        let mut failure = None;
        for link in self.links() {
            failure = failure.max(link.read_monitor(frame)?);
        }
        Ok(failure)
    }

    /// Receives messages, as many as there is room for or, in the end, all.
    fn receive(&mut self, frame: &mut Frame, only_with_room: bool) -> Result<bool, Fault> {
        let State::Connected { links, .. } = &mut self.state else { return Ok(false) };
        let mut any = false;
        for link in links {
            for _ in 0..TURN {
                if only_with_room && !self.events.has_room() {
                    return Ok(any);
                }
                match link.receive(frame)? {
                    None => break,
                    Some(Ok(message)) if is_heard(&self.config, link.purpose, &message.stream) => {
                        self.events.push(Event::Message(message));
                    }
                    Some(Ok(_)) => tracing::warn!("the server published what was not asked for"),
                    Some(Err(error)) => {
                        tracing::warn!(%error, "the server sent what is no message");
                    }
                }
                any = true;
            }
        }
        Ok(any)
    }

    /// Sends what waits, as far as libzmq takes it.
    fn send(&mut self) -> Result<bool, Fault> {
        let State::Connected { links, .. } = &self.state else { return Ok(false) };
        let Some(link) = links.iter().find(|link| link.purpose == Purpose::Send) else {
            return Ok(false);
        };
        for count in 0..TURN {
            if self.next.is_none() {
                let mut context = TaskContext::from_waker(&self.waker);
                match self.outgoing.poll_recv(&mut context) {
                    Poll::Ready(Some(frames)) => self.next = Some(frames),
                    Poll::Ready(None) | Poll::Pending => return Ok(count > 0),
                }
            }
            if let Some(frames) = &self.next {
                match link.watched.socket.send_all(frames) {
                    Ok(()) => self.next = None,
                    // libzmq tells when there is room.
                    Err(fault) if fault.is_again() => return Ok(count > 0),
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(true)
    }

    fn nothing_to_send(&self) -> bool {
        self.next.is_none() && self.outgoing.is_empty()
    }

    fn fail(&mut self, failure: Failure, now: Instant) {
        let was_connected = match &self.state {
            State::Connected { since, .. } => Some(now.saturating_duration_since(*since)),
            _ => None,
        };
        if was_connected.is_some_and(|lasted| lasted >= self.steady()) {
            self.attempts = 0;
        }
        let retry_in = self.config.backoff.pause(self.attempts, random());
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::Waiting { until: now + retry_in };
        self.events.push(match (was_connected, failure) {
            (Some(_), _) => Event::Lost,
            (None, Failure::Unreachable) => Event::Unreachable { retry_in },
            (None, Failure::Handshake) => Event::HandshakeFailed { retry_in },
            (None, Failure::Refused) => Event::Refused { retry_in },
        });
    }

    /// How long a connection must have lasted for the pauses to begin anew: a server that takes
    /// everybody in and throws them out again is not to be stormed.
    fn steady(&self) -> Duration {
        self.config.backoff.most.min(Duration::from_secs(10))
    }
}

/// A machine hears its own streams only. Answers on the other socket are for whoever asked.
fn is_heard(config: &Config, purpose: Purpose, stream: &Stream) -> bool {
    purpose == Purpose::Send || Stream::entitled(&config.principal).contains(stream)
}
