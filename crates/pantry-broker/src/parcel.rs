//! A job as it is published, kept once in memory for all the machines that it goes to.

use pantry_model::protocol::Deliver;
use pantry_model::{
    Incarnation, Job, MachineId, Message, MessageType, Principal, Stream, Timestamp,
};

/// A job and what its command reads.
pub(crate) struct Parcel {
    /// The job.
    pub(crate) job: Job,
    /// What its command reads on stdin.
    pub(crate) payload: Vec<u8>,
}

impl Parcel {
    /// The message that delivers it to one incarnation of a machine; `None` if its time to live is
    /// over.
    pub(crate) fn message(
        &self,
        id: u64,
        machine: &MachineId,
        incarnation: Incarnation,
        now: Timestamp,
    ) -> Option<Message> {
        let time_to_live = self.job.expires_at.since(now);
        if time_to_live.is_zero() {
            return None;
        }
        let order = self.job.order.clone();
        let deliver = Deliver { job: self.job.id, incarnation, order, time_to_live };
        let mut message = Message::new(Stream::of_machine(machine), id, MessageType::Deliver)
            .with(&deliver)
            .with_bytes(self.payload.clone());
        message.metadata.to = Some(Principal::Machine(machine.clone()));
        message.metadata.job = Some(self.job.id);
        Some(message)
    }
}
