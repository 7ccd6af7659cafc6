//! What the server says, and what follows from it.

use std::mem;
use std::time::Duration;

use pantry_model::protocol::{Deliver, Ready, Recorded, Unwelcome};
use pantry_model::{Incarnation, JobId, Message, MessageType, Order};
use pantry_wire::client::Event;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::Agent;
use crate::book::Arrival;
use crate::config::AgentState;
use crate::error::AgentError;
use crate::job::Assignment;
use crate::journal::Accepted;
use crate::time::later;

/// How long files that are not needed any more may stay.
const TIDY: Duration = Duration::from_secs(2);

impl Agent {
    pub(super) fn hear(&mut self, event: Event) -> Result<(), AgentError> {
        match event {
            Event::Connected => {
                self.set_state(AgentState::Connecting);
                self.session.connected(Instant::now());
            }
            Event::Lost => {
                self.set_state(AgentState::Connecting);
                self.session.lost();
                self.unsent.clear();
            }
            Event::Unreachable { .. } => self.set_state(AgentState::Unreachable),
            Event::HandshakeFailed { .. } => self.set_state(AgentState::WrongServer),
            Event::Refused { .. } => self.set_state(AgentState::Refused),
            Event::Message(message) => return self.message(message),
        }
        Ok(())
    }

    fn message(&mut self, message: Message) -> Result<(), AgentError> {
        let now = Instant::now();
        let is_own = self.session.is_own(&message);
        match message.metadata.kind {
            MessageType::Ready if is_own => {
                if let Some(ready) = understood::<Ready>(&message)
                    && self.session.ready(&ready, now)
                {
                    self.set_state(AgentState::Ready);
                    self.book.start_over();
                    if let Some(teller) = &mut self.teller {
                        teller.start_over();
                    }
                }
            }
            MessageType::Unwelcome => {
                if let Some(unwelcome) = understood::<Unwelcome>(&message) {
                    let machine = &self.config.machine;
                    self.session
                        .unwelcome(&unwelcome, now)
                        .map_err(|_| AgentError::IdentityInUse { machine: machine.clone() })?;
                    if !self.session.is_ready() {
                        self.set_state(AgentState::Connecting);
                    }
                }
            }
            MessageType::Recorded => {
                if let Some(recorded) = understood::<Recorded>(&message) {
                    self.recorded(&recorded, now);
                }
            }
            MessageType::Deliver if is_own => self.deliver(message, now),
            kind => tracing::warn!(?kind, "the server sent what an agent does not expect"),
        }
        Ok(())
    }

    fn recorded(&mut self, recorded: &Recorded, now: Instant) {
        let over = self.book.record(recorded, now, self.clock.now());
        if over.is_empty() {
            return;
        }
        self.tidy_at.get_or_insert(later(now, TIDY));
        let disk = self.disk.clone();
        self.tasks.spawn(async move {
            for tombstone in over {
                disk.forget(tombstone).await;
            }
        });
    }

    fn deliver(&mut self, mut message: Message, now: Instant) {
        let Some(envelope) = understood::<Envelope>(&message) else { return };
        if envelope.incarnation != self.incarnation {
            tracing::info!(job = %envelope.job, "left alone a delivery for another incarnation");
            return;
        }
        let (order, fault) = match message.document::<Deliver>() {
            Ok(deliver) => (deliver.order, None),
            Err(error) => {
                let machine = &self.config.machine.identity;
                let version = crate::VERSION;
                let fault =
                    format!("{machine}'s agent, version {version}, cannot read the order: {error}");
                (unreadable(), Some(fault))
            }
        };
        let accepted = Accepted {
            job: envelope.job,
            order,
            received_at: self.clock.now(),
            time_to_live: Duration::from_millis(envelope.time_to_live_ms),
            payload_in_file: false,
        };
        let size = message.body.first().map_or(0, Vec::len);
        if self.book.arrive(accepted.job, accepted.until(), size) != Arrival::New {
            return;
        }
        let payload = message.body.get_mut(1).map(mem::take).unwrap_or_default();
        let deadline = later(now, accepted.time_to_live);
        self.take_on(Assignment { accepted, payload, deadline, is_accepted: false, fault });
    }

    /// Says how the connection is, once for each change.
    fn set_state(&mut self, state: AgentState) {
        if state == self.state {
            return;
        }
        self.state = state;
        let server = format_args!("{}:{}", self.config.server_host, self.config.receive_port);
        let machine = &self.config.machine;
        match state {
            AgentState::Connecting => tracing::info!(%server, "connecting"),
            AgentState::Ready => tracing::info!(%server, %machine, "ready"),
            AgentState::Unreachable => {
                tracing::warn!(%server, "nobody answers at the server's address; trying again");
            }
            AgentState::WrongServer => tracing::error!(
                %server,
                "who answers there has not the server's key of this configuration; trying again"
            ),
            AgentState::Refused => tracing::error!(
                %server, %machine,
                "the server does not know this client's key; trying again"
            ),
        }
        if let Some(sender) = &self.config.state {
            sender.send_replace(state);
        }
    }
}

/// What is read of a delivery whose order cannot be.
#[derive(Deserialize)]
struct Envelope {
    job: JobId,
    incarnation: Incarnation,
    time_to_live_ms: u64,
}

fn unreadable() -> Order {
    Order { command: String::new(), arguments: serde_json::Value::Null, timeout: Duration::ZERO }
}

/// A message's document; none, with a line in the log, if it has another form.
fn understood<T: DeserializeOwned>(message: &Message) -> Option<T> {
    message
        .document()
        .inspect_err(|error| {
            tracing::warn!(kind = ?message.metadata.kind, %error, "the server's message has no meaning");
        })
        .ok()
}
