//! What server, machines and users say to each other: the documents in message bodies.
//!
//! **A machine's session.** A client connects, subscribes to its application's stream and then to
//! its own, and says [`Hello`] until it hears [`Ready`] *on its own stream*: then both
//! subscriptions stand, since the server grants them in order. It says `Hello` again whenever a
//! connection was lost. The newest hello of a machine is its session; what an earlier connection
//! says is ignored, and all that matters is said again until it is [`Recorded`].
//!
//! **A delivery** ([`Deliver`]) is published on the machine's stream as often as needed. The
//! machine answers with [`Reports`] and [`OutputChunks`], both idempotent, both repeated until the
//! server has them on disk.
//!
//! **What the machine is** (`Facts`) it says once it is let in, and again from time to time. The
//! server writes down what is new of it, and does not answer.
//!
//! **A user** sends a [`Request`] and gets one reply or [`Failure`]. A watched job answers with
//! events as long as there is [`Credit`].

pub mod files;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::{DeliveryEvent, DeliveryState};
use crate::error::ErrorCode;
use crate::job::{Delivery, Ending, Incarnation, JobId, Order, OutputStream};
use crate::names::Identity;
use crate::time::millis;

/// The version byte that every metadata frame begins with.
pub const VERSION: u8 = 1;

/// The most bytes of one message's frames together.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The most bytes of a command's payload (what a program reads on stdin).
pub const MAX_PAYLOAD_BYTES: usize = 2 * 1024 * 1024;

/// The most bytes of output in one message, and of one reply to a watcher.
pub const MAX_OUTPUT_BYTES: usize = 512 * 1024;

/// The most bytes of what a machine says of itself.
pub const MAX_FACTS_BYTES: usize = 1024 * 1024;

/// A machine asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// New for each start of the agent and each connection.
    pub session: u64,
    /// Of its data directory.
    pub incarnation: Incarnation,
    /// The agent's version.
    pub version: String,
    /// How often it will say that it is there.
    #[serde(rename = "heartbeat_ms", with = "millis")]
    pub heartbeat: Duration,
    /// The deliveries on its disk whose end it has not seen recorded.
    pub open: Vec<JobId>,
}

/// A machine is let in, and its streams are granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The hello that this answers.
    pub session: u64,
}

/// A machine is not let in, though its key is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwelcome {
    /// The hello that this answers; none if there was none and the machine must say hello first.
    pub session: Option<u64>,
    /// Why.
    pub reason: UnwelcomeReason,
}

/// Why a machine is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnwelcomeReason {
    /// Another incarnation with the same key is here and answering.
    IdentityInUse,
    /// This connection has no session: say hello first.
    HelloFirst,
}

/// A delivery on its way. The command's payload, if any, is the next frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// The job.
    pub job: JobId,
    /// Whom it is for; any other incarnation must leave it alone.
    pub incarnation: Incarnation,
    /// What to do.
    pub order: Order,
    /// What is left of its time to live; a duration, since clocks differ.
    #[serde(rename = "time_to_live_ms", with = "millis")]
    pub time_to_live: Duration,
}

/// What a machine says of its deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// In the order in which it happened.
    pub reports: Vec<Report>,
}

/// What a machine says of one delivery. Each report stands for all that came before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The job.
    pub job: JobId,
    /// What happened.
    pub what: Reported,
    /// How it ended, with everything but the first two.
    #[serde(default)]
    pub ending: Ending,
}

/// What can be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reported {
    /// It is on disk.
    Accepted,
    /// It starts.
    Started,
    /// It could not be taken, and has not run.
    Refused,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
    /// It ran out of time.
    TimedOut,
    /// Its time to live ended before it was started.
    NotStarted,
    /// The agent was killed while it ran.
    Forgotten,
}

impl From<Reported> for DeliveryEvent {
    fn from(reported: Reported) -> Self {
        match reported {
            Reported::Accepted => Self::Accepted,
            Reported::Started => Self::Started,
            Reported::Refused => Self::Refused,
            Reported::Succeeded => Self::Succeeded,
            Reported::Failed => Self::Failed,
            Reported::TimedOut => Self::TimedOut,
            Reported::NotStarted => Self::NotStarted,
            Reported::Forgotten => Self::Forgotten,
        }
    }
}

/// Output of one delivery. The chunks' bytes follow each other in the next frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputChunks {
    /// The job.
    pub job: JobId,
    /// The sequence number of the first chunk; the others follow it without gaps.
    pub first: u64,
    /// Where each chunk was written, and its length in bytes.
    pub chunks: Vec<(OutputStream, usize)>,
}

/// What the server has on disk, so that the machine need not say it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<(JobId, Reported)>,
    /// Output, up to (not including) this sequence number. It can be lower than what was sent: then
    /// the chunks from there on are wanted again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<(JobId, u64)>,
}

/// A user asks for a server command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command's name, [`crate::commands::Command::NAME`].
    pub command: String,
    /// Its arguments.
    pub arguments: serde_json::Value,
}

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind, for programs.
    pub code: ErrorCode,
    /// One sentence, for people.
    pub message: String,
}

/// More room for the events of a watched job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The id of the request that started the watch.
    pub watch: u64,
    /// How many more bytes of output may be sent.
    pub bytes: u64,
}

/// Something that happened to a watched job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum WatchEvent {
    /// A delivery, as it stands now. The first events of a watch are all of its deliveries.
    Delivery {
        /// The delivery.
        delivery: Delivery,
        /// Whether its client is here.
        online: bool,
    },
    /// Output of a delivery; the bytes are the next frame.
    Output {
        /// Whose.
        identity: Identity,
        /// The sequence number of the first chunk.
        first: u64,
        /// Where each chunk was written, and its length in bytes.
        chunks: Vec<(OutputStream, usize)>,
    },
    /// Nothing more will come by itself: every delivery is final, its output sent.
    Done,
}

impl WatchEvent {
    /// Whether this event says that a delivery is final.
    pub fn is_final_delivery(&self) -> bool {
        matches!(self, Self::Delivery { delivery, .. } if DeliveryState::is_final(delivery.state))
    }
}
