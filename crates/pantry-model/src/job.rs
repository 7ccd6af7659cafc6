//! Jobs: one asking of a client command, and a delivery for each client it went to.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::delivery::DeliveryState;
use crate::names::{ApplicationName, Identity, InvalidName};
use crate::principal::Principal;
use crate::target::Target;
use crate::time::{Timestamp, millis};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A job's id: 80 bits as 16 characters, the first of them its time, so that ids sort by age.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(u128);

impl JobId {
    /// An id for a job made at this time, made unique by 32 random bits.
    pub fn new(at: Timestamp, random: u32) -> Self {
        let time = u128::from(at.0.unsigned_abs() & 0xffff_ffff_ffff);
        Self(time << 32 | u128::from(random))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..16).rev() {
            let digit = usize::try_from(self.0 >> (place * 5) & 31).unwrap_or(0);
            let letter = ALPHABET.get(digit).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for JobId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let invalid = || InvalidName {
            what: "a job id",
            text: text.chars().take(64).collect(),
            rule: "16 of 0-9 and a-z without i, l, o and u, as `pantry job list` shows them",
        };
        if text.len() != 16 {
            return Err(invalid());
        }
        text.bytes()
            .try_fold(0u128, |id, byte| {
                let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
                Some(id << 5 | digit as u128)
            })
            .map(Self)
            .ok_or_else(invalid)
    }
}

impl TryFrom<String> for JobId {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> String {
        id.to_string()
    }
}

/// The random name of a client's data directory. What was sent to one incarnation is never sent to
/// another, since a restored or rebuilt disk has forgotten what it ran.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Incarnation(pub u64);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for Incarnation {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        u64::from_str_radix(&text, 16).map(Self).map_err(|_| InvalidName {
            what: "an incarnation",
            text: text.chars().take(64).collect(),
            rule: "up to 16 hexadecimal digits",
        })
    }
}

impl From<Incarnation> for String {
    fn from(incarnation: Incarnation) -> String {
        incarnation.to_string()
    }
}

/// What a client is asked to do: the name of a client command and its arguments as JSON. Which
/// commands there are, and what their arguments mean, only the agent and the command line know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The command's name.
    pub command: String,
    /// Its arguments, as [`crate::commands`] describes them.
    pub arguments: serde_json::Value,
    /// How long it may run, from its start on the client.
    #[serde(rename = "timeout_ms", with = "millis")]
    pub timeout: Duration,
}

/// A job as it is written down. Its payload (what the command reads on stdin) is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The application whose machines it is for.
    pub application: ApplicationName,
    /// Who asked.
    pub actor: Principal,
    /// Whom it was meant for; the deliveries say whom that was.
    pub target: Target,
    /// What was asked.
    pub order: Order,
    /// When.
    pub created_at: Timestamp,
    /// When its time to live ends: what no client has accepted by then is not run.
    pub expires_at: Timestamp,
}

/// How a program ended, as a delivery's final report says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The exit status, if the program exited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// What went wrong, as a sentence for people, if that is not said by the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many bytes of output the program wrote; more than were kept, if a limit cut it.
    #[serde(default)]
    pub output_bytes: u64,
    /// How many output chunks were kept. All of them have arrived when the last one has.
    #[serde(default)]
    pub output_chunks: u64,
}

impl Ending {
    /// An ending that only has a reason.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::default() }
    }
}

/// One delivery of a job, as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The client it is for.
    pub identity: Identity,
    /// Where it stands.
    pub state: DeliveryState,
    /// The incarnation that it was sent to, once it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<Incarnation>,
    /// When it came to this state, by the server's clock.
    pub changed_at: Timestamp,
    /// When the server learnt that it had been started, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// How it ended, once it has.
    #[serde(default)]
    pub ending: Ending,
}

impl Delivery {
    /// A delivery that has just been written down: already marked as sent to this incarnation when
    /// the client is here, so that writing it down and publishing it cost one commit.
    pub fn new(identity: Identity, incarnation: Option<Incarnation>, at: Timestamp) -> Self {
        let state = if incarnation.is_some() { DeliveryState::Sent } else { DeliveryState::Queued };
        let ending = Ending::default();
        Self { identity, state, incarnation, changed_at: at, started_at: None, ending }
    }
}

/// Which of a program's two outputs a chunk came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A piece of a delivery's output. Its place is its sequence number, from 0 without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its place among the delivery's chunks.
    pub sequence: u64,
    /// Where it was written.
    pub stream: OutputStream,
    /// The bytes, at most [`Chunk::MAX_BYTES`].
    pub bytes: Vec<u8>,
}

impl Chunk {
    /// The most bytes one chunk holds.
    pub const MAX_BYTES: usize = 32 * 1024;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn job_ids_read_back_and_sort_by_time(
            early in 0i64..1 << 47, later in 1i64..1 << 40, a: u32, b: u32,
        ) {
            let first = JobId::new(Timestamp(early), a);
            let second = JobId::new(Timestamp(early + later), b);
            prop_assert_eq!(first.to_string().parse::<JobId>().unwrap(), first);
            prop_assert!(first < second && first.to_string() < second.to_string());
        }

        #[test]
        fn any_text_is_a_job_id_or_an_error(text in "\\PC{0,20}") {
            if let Ok(id) = text.parse::<JobId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
