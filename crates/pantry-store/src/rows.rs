//! What is written often and is nobody's decision: deliveries on their way, output, who was heard, what
//! became of Chef runs.

use pantry_model::chef::runs::{RunId, RunStatus};
use pantry_model::{
    Chunk, Delivery, DeliveryState, Ending, Incarnation, Job, JobId, MachineId, NodeName, Timestamp,
};

/// A delivery that is not final, with its job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDelivery {
    /// The job.
    pub job: Job,
    /// Where the delivery stands.
    pub delivery: Delivery,
}

/// Moves a delivery from one state to the next, if it is still in the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// Whose delivery.
    pub machine: MachineId,
    /// Of which job.
    pub job: JobId,
    /// The state in which it must be.
    pub from: DeliveryState,
    /// The state that it comes to.
    pub to: DeliveryState,
    /// When. A step to [`DeliveryState::Running`] also sets when it was started.
    pub at: Timestamp,
    /// The incarnation that it is sent to, if this step says so; else it stays as it is.
    pub incarnation: Option<Incarnation>,
    /// How it ended, if this step says so.
    pub ending: Option<Ending>,
}

/// Output of one delivery: chunks in order, without gaps among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputBatch {
    /// Whose.
    pub machine: MachineId,
    /// Of which job.
    pub job: JobId,
    /// The chunks.
    pub chunks: Vec<Chunk>,
}

/// That a machine was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which machine.
    pub machine: MachineId,
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
    /// Its agent's version.
    pub version: String,
    /// Its data directory's incarnation.
    pub incarnation: Incarnation,
}

/// Which Chef runs are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsWanted {
    /// Only of this node.
    pub node: Option<NodeName>,
    /// Only those that went so.
    pub status: Option<RunStatus>,
    /// Only those that come after this one, newest first: its time and id.
    pub before: Option<(Timestamp, RunId)>,
    /// At most so many.
    pub limit: u32,
}
