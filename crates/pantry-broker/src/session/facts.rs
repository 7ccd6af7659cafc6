//! What the machine reports of itself.
//!
//! It becomes the machine's node in a task of its own, one at a time, so that deliveries and reports do
//! not wait for it. A report that comes meanwhile is left out: the machine tells again.

use pantry_model::chef::Facts;
use pantry_model::protocol::MAX_FACTS_BYTES;
use pantry_model::{Error, MachineId, Message};
use pantry_usecases::UseCases;
use pantry_wire::server::ConnectionId;

use super::Session;

impl Session {
    /// Has the machine's node saved with what it reports.
    pub(super) async fn take_facts(&mut self, connection: ConnectionId, message: &Message) {
        let report = message.body.first().map_or(&[][..], Vec::as_slice);
        if report.len() > MAX_FACTS_BYTES {
            let what =
                format!("sent {} bytes of facts, of at most {MAX_FACTS_BYTES}", report.len());
            return self.misbehaves(connection, &what).await;
        }
        let facts = match Facts::read(report) {
            Ok(facts) => facts,
            Err(refusal) => {
                let what = format!("sent facts of a wrong form: {}", refusal.sentence);
                return self.misbehaves(connection, &what).await;
            }
        };
        if self.saving.as_ref().is_some_and(|saving| !saving.is_finished()) {
            tracing::debug!(machine = %self.machine, "left out facts, as others are being saved");
            return;
        }
        let (usecases, machine) = (self.usecases.clone(), self.machine.clone());
        self.saving = Some(tokio::spawn(save(usecases, machine, facts)));
    }
}

async fn save(usecases: UseCases, machine: MachineId, facts: Facts) {
    match usecases.take_facts(&machine, &facts).await {
        Ok(true) => tracing::debug!(%machine, "its facts are saved with its node"),
        Ok(false) => {}
        Err(Error::Refused(refusal)) => {
            let why = refusal.sentence;
            tracing::info!(%machine, %why, "its facts are not saved: its node is not its own");
        }
        // It tells again, and whoever looks after the server hears of storage elsewhere.
        Err(error) => tracing::warn!(%machine, %error, "its facts could not be saved"),
    }
}
