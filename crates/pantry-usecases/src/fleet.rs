//! What the use cases need of whoever speaks with the machines.

use async_trait::async_trait;
use pantry_model::{ApplicationName, Delivery, Incarnation, Job, MachineId, Principal};

/// A machine that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Its data directory's incarnation.
    pub incarnation: Incarnation,
    /// The address it speaks from.
    pub address: String,
    /// Its agent's version.
    pub version: String,
}

/// The machines, as far as they are here.
#[async_trait]
pub trait Fleet: Send + Sync {
    /// The machine's presence, if it is here.
    fn presence(&self, machine: &MachineId) -> Option<Presence>;

    /// How many machines of an application are here.
    fn online(&self, application: &ApplicationName) -> u64;

    /// Sends out a job that is written down: to the machines whose deliveries are marked as sent.
    async fn send_out(&self, job: &Job, payload: Vec<u8>, deliveries: &[Delivery]);

    /// Sends out a job that another server has written down, to the machines of these deliveries,
    /// which are here: those that are queued are marked as sent first.
    async fn take_up(&self, job: &Job, payload: Vec<u8>, deliveries: Vec<Delivery>);

    /// Ends whatever connections these principals have. Their keys are already forgotten.
    async fn part_with(&self, principals: &[Principal]);
}
