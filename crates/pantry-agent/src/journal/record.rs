//! One line of the journal, and its bytes.
//!
//! A record is `mark (4) | length (4, LE) | CRC-32 of the rest (4, LE) | document length (4, LE) |
//! JSON document | bytes`. JSON, because a journal outlives the agent that wrote it; the bytes beside
//! it, because payloads and output are not text. The mark lets a reader tell a torn end (nothing
//! valid follows) from damage in the middle (something does).

use std::time::Duration;

use pantry_model::protocol::Reported;
use pantry_model::time::millis;
use pantry_model::{Ending, JobId, Order, OutputStream, Timestamp};
use serde::{Deserialize, Serialize};

/// What every record begins with.
pub(super) const MARK: [u8; 4] = [0xf5, b'r', b'e', b'c'];
/// Mark, length and checksum.
pub(super) const HEADER: usize = 12;
/// The most bytes after the header: an order's arguments fill at most one message.
pub(super) const MAX_LENGTH: usize = 8 * 1024 * 1024;

/// Something that must not be forgotten. `until` says how long a duplicate of the delivery may
/// still arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// A delivery was accepted. The record's bytes are its payload, if that is small.
    Accepted(Accepted),
    /// It is about to be started.
    Started {
        /// The job.
        job: JobId,
        /// See [`Record`].
        until: Timestamp,
    },
    /// It has ended, or never will have begun.
    Ended(Ended),
    /// The server has its end and all its output.
    Recorded(Tombstone),
}

/// An accepted delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// The job.
    pub job: JobId,
    /// What to do.
    pub order: Order,
    /// When it came, by this machine's clock.
    pub received_at: Timestamp,
    /// How long from then on it may be started.
    #[serde(rename = "time_to_live_ms", with = "millis")]
    pub time_to_live: Duration,
    /// Whether the payload is a file of its own instead of this record's bytes.
    #[serde(default)]
    pub payload_in_file: bool,
}

/// The end of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// The job.
    pub job: JobId,
    /// See [`Record`].
    pub until: Timestamp,
    /// How it ended.
    pub what: Reported,
    /// The rest of what is reported.
    pub ending: Ending,
    /// Output chunks that are in the spool file; those of `tail` follow them.
    #[serde(default)]
    pub spooled: u64,
    /// Output that is not in a spool file: all of a short command's, or the mark of a cut. The
    /// bytes are the record's.
    #[serde(default)]
    pub tail: Vec<(OutputStream, usize)>,
}

/// What is remembered of a job whose end the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The job.
    pub job: JobId,
    /// See [`Record`].
    pub until: Timestamp,
    /// How it ended.
    pub what: Reported,
    /// Its exit status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

/// A record with its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The record.
    pub record: Record,
    /// Its bytes; often none.
    pub bytes: Vec<u8>,
}

impl From<Record> for Line {
    fn from(record: Record) -> Self {
        Self { record, bytes: Vec::new() }
    }
}

impl Line {
    /// Appends the line's bytes to `out`.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        // A record always has a JSON form: see `Message::with`.
        let document = serde_json::to_vec(&self.record).unwrap_or_default();
        let length = 4 + document.len() + self.bytes.len();
        let mut body = Vec::with_capacity(length);
        body.extend_from_slice(&le(document.len()));
        body.extend_from_slice(&document);
        body.extend_from_slice(&self.bytes);
        out.extend_from_slice(&MARK);
        out.extend_from_slice(&le(length));
        out.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        out.extend_from_slice(&body);
    }

    /// The line at the start of `bytes`, and how many of them it takes; `None` if there is none.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let rest = bytes.strip_prefix(&MARK)?;
        let (length, rest) = number(rest)?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(length).ok().filter(|length| *length <= MAX_LENGTH)?;
        let body = rest.get(..length)?;
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (document_length, rest) = number(body)?;
        let (document, bytes) = rest.split_at_checked(usize::try_from(document_length).ok()?)?;
        let record = serde_json::from_slice(document).ok()?;
        Some((Self { record, bytes: bytes.to_vec() }, HEADER + length))
    }
}

fn le(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}
