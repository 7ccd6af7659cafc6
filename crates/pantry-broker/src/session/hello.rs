//! A machine says hello: is it let in, and what becomes of what it had been sent?

use std::collections::HashSet;
use std::time::Duration;

use pantry_model::protocol::{Hello, Ready, Unwelcome, UnwelcomeReason};
use pantry_model::{DeliveryEvent, DeliveryState, Ending, JobId, Message, MessageType};
use pantry_store::OpenDelivery;
use pantry_wire::server::ConnectionId;
use tokio::time::Instant;

use super::deliveries::Tracked;
use super::{Current, Session};

/// Heartbeats outside of these bounds are taken as the nearest.
const HEARTBEATS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3600));

impl Session {
    pub(super) async fn hello(
        &mut self,
        connection: ConnectionId,
        address: String,
        message: &Message,
    ) {
        let hello: Hello = match message.document() {
            Ok(hello) => hello,
            Err(error) => {
                self.misbehaves(connection, &format!("sent a hello of a wrong form: {error}"))
                    .await;
                return;
            }
        };
        let now = Instant::now();
        if let Some(current) = &mut self.current {
            if current.session == hello.session && current.connection == connection {
                // It has not heard that it is ready: its subscription came later than its hello.
                current.heard = now;
                self.say_ready().await;
                return;
            }
            if current.incarnation != hello.incarnation && current.connection != connection {
                let reason = UnwelcomeReason::IdentityInUse;
                let session = Some(hello.session);
                tracing::warn!(machine = %self.machine, %address, other = %current.address,
                    "a second agent with the same key is turned away");
                self.unwelcome(connection, Unwelcome { session, reason }).await;
                return;
            }
        }
        let heartbeat = hello.heartbeat.clamp(HEARTBEATS.0, HEARTBEATS.1);
        let current = Current {
            connection,
            session: hello.session,
            incarnation: hello.incarnation,
            version: hello.version.chars().take(64).collect(),
            address,
            heartbeat,
            heard: now,
        };
        self.see(&current).await;
        let presence = current.presence();
        self.current = Some(current);
        if !self.take_up(&hello).await {
            // Storage failed. Without its deliveries it is not ready; it will say hello again.
            return self.depart().await;
        }
        tracing::info!(machine = %self.machine, address = %presence.address, "here");
        self.machines.arrive(&self.machine, presence, self.letters.clone());
        self.tell_presence();
        self.say_ready().await;
        self.publish_all().await;
    }

    /// The machine's own stream was granted to it (again): whatever was published before was lost.
    pub(super) async fn granted(&mut self) {
        if self.current.is_some() {
            self.say_ready().await;
            self.publish_all().await;
        }
    }

    async fn say_ready(&self) {
        if let Some(current) = &self.current {
            let ready = Ready { session: current.session };
            self.machines.publish(self.message(MessageType::Ready).with(&ready)).await;
        }
    }

    /// Takes up the machine's deliveries that are not final: what is queued is sent, what another
    /// incarnation had is over, and what this one should have but does not is over as well.
    async fn take_up(&mut self, hello: &Hello) -> bool {
        self.deliveries.clear();
        let open = match self.usecases.store().open_deliveries(&self.machine).await {
            Ok(open) => open,
            Err(error) => {
                self.complain("its hello", &error);
                return false;
            }
        };
        let known: HashSet<JobId> = hello.open.iter().copied().collect();
        let now = self.machines.clock.now();
        let mut events = Vec::new();
        for OpenDelivery { job, delivery } in open {
            let state = delivery.state;
            let is_known = known.contains(&job.id);
            let event = match delivery.incarnation {
                // Until it is expired by the sweep, nothing happens to what is too late.
                _ if state == DeliveryState::Queued && job.expires_at <= now => continue,
                _ if state == DeliveryState::Queued && !is_known => {
                    Some((DeliveryEvent::Published, Ending::default()))
                }
                Some(sent_to) if sent_to != hello.incarnation => {
                    let reason =
                        "its client came back with another data directory; it may have run";
                    Some((DeliveryEvent::OtherIncarnation, Ending::because(reason)))
                }
                _ if state.is_with_client() && !is_known => {
                    let reason = "its client has no record of it; it may have run";
                    Some((DeliveryEvent::Forgotten, Ending::because(reason)))
                }
                _ => None,
            };
            let id = job.id;
            self.deliveries.insert(id, Tracked::read(job, delivery, is_known));
            events.extend(event.map(|(event, ending)| (id, event, ending)));
        }
        self.advance(events).await.is_ok()
    }
}
