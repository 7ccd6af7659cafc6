//! What is said on the file service: contents are carried both ways, many in one stream.
//!
//! Whoever connects begins a *stream* with [`Fetch`] or [`Store`]; all that belongs to it afterwards
//! carries the id of that message as its `reply_to`. Bytes travel in [`Pieces`], only as many as the
//! receiving side has given room for. A stream that a connection took with it is begun again, from as
//! far as its contents have come.

use serde::{Deserialize, Serialize};

use crate::content::Sha256;
use crate::job::JobId;
use crate::names::Identity;

/// The most contents of one stream. Who has more begins another one.
pub const MAX_CONTENTS: usize = 1_024;

/// The most bytes of pieces in one message.
pub const MAX_PIECES_BYTES: usize = 256 * 1024;

/// How much room whoever receives gives, in bytes, before anything has come.
pub const ROOM: u64 = 4 * 1024 * 1024;

/// Asks for contents, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// What they belong to.
    pub from: Source,
    /// Each with the offset from which it is wanted.
    pub contents: Vec<(Sha256, u64)>,
    /// How many bytes may come before more room is given.
    pub room: u64,
}

/// What contents that are asked for belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// What a job carries to its machines; for one of those.
    Job(JobId),
    /// What a job has brought from this machine; for a user who may see the job.
    Delivery(JobId, Identity),
}

/// Says which contents are to be sent to the server, each with its length in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Where they belong.
    pub to: Place,
    /// What.
    pub contents: Vec<(Sha256, u64)>,
}

/// Where contents that are sent belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Place {
    /// What a user will start a job with, under a number of the user's choice.
    Staged(u64),
    /// What this job brings from the machine that sends it.
    Delivery(JobId),
}

/// The server's answer to [`Store`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// From which offset each of the contents is wanted; `None` if it is there already.
    pub from: Vec<Option<u64>>,
    /// How many bytes may be sent before more room is given.
    pub room: u64,
}

/// Bytes of contents. They follow each other in the next frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// Of which content (its place in the stream), from which offset, and how many bytes.
    pub pieces: Vec<(u32, u64, u32)>,
}

/// More room for [`Pieces`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// How many more bytes may be sent.
    pub bytes: u64,
}

/// The server has these contents on disk now, by their places in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub contents: Vec<u32>,
}
