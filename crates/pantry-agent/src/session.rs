//! Whether the server has let this machine in, and what to do until it has.
//!
//! Pure, like the book. A machine says hello, again and again, until it hears *on its own stream*
//! that it is ready: only then do its subscriptions stand, and only then is anything else said.

use std::time::Duration;

use pantry_model::protocol::{Hello, Ready, Unwelcome, UnwelcomeReason};
use pantry_model::{Incarnation, JobId, MachineId, Message, MessageType, Principal, Stream};
use tokio::time::Instant;

use crate::time::later;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MOST_PAUSE: Duration = Duration::from_secs(10);

/// Another machine has this one's name, and the server keeps to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameTaken;

#[derive(Debug)]
enum Phase {
    /// There is no connection.
    Away,
    /// Hello is said at this time, and then after this pause.
    Greeting {
        at: Instant,
        pause: Duration,
    },
    Ready {
        heartbeat_at: Instant,
    },
}

/// A machine's session.
#[derive(Debug)]
pub(crate) struct Session {
    principal: Principal,
    stream: Stream,
    incarnation: Incarnation,
    heartbeat: Duration,
    phase: Phase,
    /// The number of the session.
    number: u64,
    last_id: u64,
    /// Whether the server ever let this agent in.
    was_ready: bool,
}

impl Session {
    /// Before the first connection. `random` must be new for each start of the agent.
    pub(crate) fn new(
        machine: &MachineId,
        incarnation: Incarnation,
        heartbeat: Duration,
        random: u64,
    ) -> Self {
        Self {
            principal: Principal::Machine(machine.clone()),
            stream: Stream::of_machine(machine),
            incarnation,
            heartbeat,
            phase: Phase::Away,
            number: random,
            last_id: 0,
            was_ready: false,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready { .. })
    }

    /// Whether a message is on the machine's own stream.
    pub(crate) fn is_own(&self, message: &Message) -> bool {
        message.stream == self.stream
    }

    /// There is a new connection.
    pub(crate) fn connected(&mut self, now: Instant) {
        self.number = self.number.wrapping_add(1);
        self.phase = Phase::Greeting { at: now, pause: FIRST_PAUSE };
    }

    /// There is none any more.
    pub(crate) fn lost(&mut self) {
        self.phase = Phase::Away;
    }

    /// The server says that it is ready. Whether that is news.
    pub(crate) fn ready(&mut self, ready: &Ready, now: Instant) -> bool {
        let is_news = ready.session == self.number && matches!(self.phase, Phase::Greeting { .. });
        if is_news {
            self.was_ready = true;
            self.phase = Phase::Ready { heartbeat_at: later(now, self.heartbeat) };
        }
        is_news
    }

    /// The server says why not.
    pub(crate) fn unwelcome(
        &mut self,
        unwelcome: &Unwelcome,
        now: Instant,
    ) -> Result<(), NameTaken> {
        if unwelcome.session.is_some_and(|session| session != self.number) {
            return Ok(());
        }
        match unwelcome.reason {
            UnwelcomeReason::IdentityInUse if !self.was_ready => return Err(NameTaken),
            UnwelcomeReason::IdentityInUse => {
                tracing::warn!("another agent with this client's key is connected; trying again");
                self.phase = match self.phase {
                    Phase::Ready { .. } => {
                        Phase::Greeting { at: later(now, MOST_PAUSE), pause: MOST_PAUSE }
                    }
                    Phase::Greeting { at, .. } => Phase::Greeting { at, pause: MOST_PAUSE },
                    Phase::Away => Phase::Away,
                };
            }
            // If hello was said already, it is said again soon enough.
            UnwelcomeReason::HelloFirst => {
                if self.is_ready() {
                    self.connected(now);
                }
            }
        }
        Ok(())
    }

    /// When something is to be said.
    pub(crate) fn wake(&self) -> Option<Instant> {
        match self.phase {
            Phase::Away => None,
            Phase::Greeting { at, .. } => Some(at),
            Phase::Ready { heartbeat_at } => Some(heartbeat_at),
        }
    }

    /// What is to be said now, if its time has come.
    pub(crate) fn due(
        &mut self,
        now: Instant,
        open: impl FnOnce() -> Vec<JobId>,
    ) -> Option<Message> {
        match &mut self.phase {
            Phase::Greeting { at, pause } if *at <= now => {
                *at = later(now, *pause);
                *pause = (*pause * 2).min(MOST_PAUSE);
                let hello = Hello {
                    session: self.number,
                    incarnation: self.incarnation,
                    version: crate::VERSION.to_owned(),
                    heartbeat: self.heartbeat,
                    open: open(),
                };
                Some(self.message(MessageType::Hello).with(&hello))
            }
            Phase::Ready { heartbeat_at } if *heartbeat_at <= now => {
                *heartbeat_at = later(now, self.heartbeat);
                Some(self.message(MessageType::Heartbeat))
            }
            _ => None,
        }
    }

    /// An empty message of this kind to the server.
    pub(crate) fn message(&mut self, kind: MessageType) -> Message {
        self.last_id += 1;
        Message::new(Stream::of_server(), self.last_id, kind).from(self.principal.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let machine =
            MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() };
        Session::new(&machine, Incarnation(1), Duration::from_secs(30), u64::MAX)
    }

    fn hello(session: &mut Session, now: Instant) -> Option<Hello> {
        session.due(now, Vec::new).and_then(|message| message.document().ok())
    }

    fn unwelcome(session: u64, reason: UnwelcomeReason) -> Unwelcome {
        Unwelcome { session: Some(session), reason }
    }

    #[test]
    fn hello_is_said_until_its_own_ready_is_heard() {
        let (mut session, start) = (session(), Instant::now());
        assert!(hello(&mut session, start).is_none(), "there is no connection");
        session.connected(start);
        let first = hello(&mut session, start).unwrap();
        let mut pauses = Vec::new();
        let mut now = start;
        for _ in 0..6 {
            let at = session.wake().unwrap();
            pauses.push((at - now).as_secs());
            now = at;
            assert_eq!(hello(&mut session, now).unwrap().session, first.session);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10]);
        assert!(!session.ready(&Ready { session: first.session.wrapping_add(1) }, now));
        assert!(session.ready(&Ready { session: first.session }, now));
        assert!(session.is_ready());
        assert_eq!(session.wake(), Some(later(now, Duration::from_secs(30))));

        session.lost();
        session.connected(now);
        assert_ne!(hello(&mut session, now).unwrap().session, first.session);
        assert!(!session.ready(&Ready { session: first.session }, now), "an old answer");
    }

    #[test]
    fn a_taken_name_ends_only_an_agent_that_was_never_let_in() {
        let (mut session, now) = (session(), Instant::now());
        session.connected(now);
        let number = hello(&mut session, now).unwrap().session;
        let taken = unwelcome(number, UnwelcomeReason::IdentityInUse);
        assert_eq!(session.unwelcome(&taken, now), Err(NameTaken));
        session.ready(&Ready { session: number }, now);
        assert_eq!(session.unwelcome(&taken, now), Ok(()));
        assert!(!session.is_ready() && session.wake() > Some(now));
    }

    #[test]
    fn who_is_told_to_say_hello_first_does() {
        let (mut session, now) = (session(), Instant::now());
        session.connected(now);
        let number = hello(&mut session, now).unwrap().session;
        session.ready(&Ready { session: number }, now);
        let first = Unwelcome { session: None, reason: UnwelcomeReason::HelloFirst };
        session.unwelcome(&first, now).unwrap();
        assert!(hello(&mut session, now).is_some());
        session.unwelcome(&first, now).unwrap();
        assert!(hello(&mut session, now).is_none(), "no storm of hellos");
    }
}
