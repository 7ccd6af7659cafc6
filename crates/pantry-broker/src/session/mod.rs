//! The task of one machine: from its first hello until it has been away for a while.
//!
//! It keeps, in memory, the deliveries of its machine that are not final, publishes those again
//! that are not answered, writes down what the machine reports, and says what is written down. All
//! steps go through the table in `pantry_model::delivery` and are compare-and-set in the store, so
//! that a sweep, a deletion or another server cannot be overruled by what this task remembers.

mod deliveries;
mod facts;
mod hello;
mod output;
mod publish;
mod reports;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::protocol::{Recorded, Unwelcome, UnwelcomeReason};
use pantry_model::{Delivery, Incarnation, JobId, MachineId, Message, MessageType, Stream};
use pantry_store::{Sighting, StoreError};
use pantry_usecases::{Presence, UseCases};
use pantry_wire::server::ConnectionId;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::changes::Change;
use crate::machines::Machines;
use crate::parcel::Parcel;
use deliveries::Tracked;

/// What the task of a machine is told.
pub(crate) enum Letter {
    /// The machine spoke.
    Message {
        /// On which connection.
        connection: ConnectionId,
        /// From which address.
        address: String,
        /// What it said.
        message: Box<Message>,
    },
    /// The machine was granted a stream.
    Granted(Stream),
    /// A connection ended.
    Left(ConnectionId),
    /// A job for the machine was written down as sent.
    Sent {
        /// The job.
        parcel: Arc<Parcel>,
        /// Whom it was written down as sent to.
        incarnation: Incarnation,
    },
    /// A job for the machine was written down by another server.
    Waiting {
        /// The job.
        parcel: Arc<Parcel>,
        /// Where its delivery stood when it was read.
        delivery: Delivery,
    },
    /// The machine was deleted.
    Revoked,
}

/// How many heartbeats may be missed before a machine counts as away.
const MISSED_HEARTBEATS: u32 = 3;

/// How long the task of a machine that is away waits for a hello before it ends.
const AWAY: Duration = Duration::from_secs(60);

struct Session {
    machine: MachineId,
    usecases: UseCases,
    machines: Arc<Machines>,
    letters: mpsc::Sender<Letter>,
    current: Option<Current>,
    /// Since when the machine is away, if it is.
    away_since: Instant,
    deliveries: HashMap<JobId, Tracked>,
    /// Saves what the machine last reported of itself.
    saving: Option<JoinHandle<()>>,
}

/// The machine as it is here now.
struct Current {
    connection: ConnectionId,
    session: u64,
    incarnation: Incarnation,
    version: String,
    address: String,
    heartbeat: Duration,
    heard: Instant,
}

/// Runs the task of a machine until it has been away for a while, or the broker ends.
pub(crate) async fn run(
    machine: MachineId,
    usecases: UseCases,
    machines: Arc<Machines>,
    letters: mpsc::Sender<Letter>,
    mut arriving: mpsc::Receiver<Letter>,
) {
    let mut session = Session {
        machine,
        usecases,
        machines,
        letters,
        current: None,
        away_since: Instant::now(),
        deliveries: HashMap::new(),
        saving: None,
    };
    loop {
        let wake = session.wake_at();
        tokio::select! {
            letter = arriving.recv() => match letter {
                Some(letter) => session.read(letter).await,
                None => return,
            },
            () = sleep_until(wake) => if !session.wake().await {
                return;
            }
        }
    }
}

impl Session {
    async fn read(&mut self, letter: Letter) {
        match letter {
            Letter::Message { connection, address, message } => {
                self.hear(connection, address, *message).await;
            }
            Letter::Granted(stream) if stream == Stream::of_machine(&self.machine) => {
                self.granted().await;
            }
            Letter::Granted(_) => {}
            Letter::Left(connection) => {
                if self.current.as_ref().is_some_and(|current| current.connection == connection) {
                    self.depart().await;
                }
            }
            Letter::Sent { parcel, incarnation } => self.send_first(parcel, incarnation).await,
            Letter::Waiting { parcel, delivery } => self.take_up_waiting(parcel, delivery).await,
            Letter::Revoked => self.depart().await,
        }
    }

    async fn hear(&mut self, connection: ConnectionId, address: String, message: Message) {
        if message.metadata.kind == MessageType::Hello {
            self.hello(connection, address, &message).await;
            return;
        }
        match &mut self.current {
            Some(current) if current.connection == connection => current.heard = Instant::now(),
            _ => {
                let reason = UnwelcomeReason::HelloFirst;
                self.unwelcome(connection, Unwelcome { session: None, reason }).await;
                return;
            }
        }
        match message.metadata.kind {
            MessageType::Heartbeat => {}
            MessageType::Reports => self.take_reports(connection, &message).await,
            MessageType::Facts => self.take_facts(connection, &message).await,
            MessageType::Output => self.take_output(connection, &message).await,
            kind => self.misbehaves(connection, &format!("sent a {kind:?} message")).await,
        }
    }

    /// Ends a connection that says what no agent says.
    async fn misbehaves(&self, connection: ConnectionId, what: &str) {
        tracing::warn!(machine = %self.machine, what, "misbehaves; its connection is ended");
        self.machines.server.end_connection(connection).await;
    }

    async fn unwelcome(&self, connection: ConnectionId, unwelcome: Unwelcome) {
        let message = self.message(MessageType::Unwelcome).with(&unwelcome);
        self.send(connection, message).await;
    }

    /// Says what is on disk.
    async fn acknowledge(&self, connection: ConnectionId, recorded: Recorded) {
        if !recorded.reports.is_empty() || !recorded.output.is_empty() {
            self.send(connection, self.message(MessageType::Recorded).with(&recorded)).await;
        }
    }

    fn message(&self, kind: MessageType) -> Message {
        Message::new(Stream::of_machine(&self.machine), self.machines.next_id(), kind)
    }

    async fn send(&self, connection: ConnectionId, message: Message) {
        if let Err(error) = self.machines.server.send(&connection, message).await {
            tracing::debug!(machine = %self.machine, %error, "not sent; it will ask again");
        }
    }

    /// When there is something to do though nothing arrives.
    fn wake_at(&self) -> Instant {
        let Some(current) = &self.current else { return self.away_since + AWAY };
        let away = current.away_at();
        let again = self.deliveries.values().filter_map(Tracked::publish_at).min();
        again.map_or(away, |again| again.min(away))
    }

    /// Does it. False if the task may end.
    async fn wake(&mut self) -> bool {
        let now = Instant::now();
        match &self.current {
            None => now < self.away_since + AWAY,
            Some(current) if current.away_at() <= now => {
                tracing::info!(machine = %self.machine, "its heartbeat is missing");
                self.depart().await;
                true
            }
            Some(_) => {
                self.publish_due(now).await;
                true
            }
        }
    }

    /// The machine is gone from here: tells who watches, and writes down when it was last seen.
    async fn depart(&mut self) {
        let Some(last) = self.current.take() else { return };
        self.away_since = Instant::now();
        self.machines.depart(&self.machine);
        self.tell_presence();
        self.deliveries.clear();
        self.see(&last).await;
        tracing::info!(machine = %self.machine, "away");
    }

    /// Tells whoever watches one of its open jobs that the machine came or went.
    fn tell_presence(&self) {
        for job in self.deliveries.keys() {
            let identity = self.machine.identity.clone();
            self.machines.changes.publish(*job, Change::Presence(identity));
        }
    }

    async fn see(&self, current: &Current) {
        let sighting = Sighting {
            machine: self.machine.clone(),
            at: self.machines.clock.now(),
            address: current.address.clone(),
            version: current.version.clone(),
            incarnation: current.incarnation,
        };
        if let Err(error) = self.usecases.store().see(vec![sighting]).await {
            self.complain("when it was last seen", &error);
        }
    }

    /// Storage failed; nothing was acknowledged, so the machine will say it again.
    fn complain(&self, what: &str, error: &StoreError) {
        if matches!(error, StoreError::ReadOnly(_)) {
            tracing::debug!(machine = %self.machine, %error, "{what} is not written down");
        } else {
            tracing::error!(machine = %self.machine, %error, "{what} could not be written down");
        }
    }
}

impl Current {
    fn away_at(&self) -> Instant {
        self.heard + self.heartbeat * MISSED_HEARTBEATS
    }

    fn presence(&self) -> Presence {
        Presence {
            incarnation: self.incarnation,
            address: self.address.clone(),
            version: self.version.clone(),
        }
    }
}
