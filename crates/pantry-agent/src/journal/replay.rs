//! What a journal's records amount to.
//!
//! Pure: bytes in, knowledge out. Reading never fails; at worst it says that the journal is damaged.

use std::collections::BTreeMap;
use std::time::Duration;

use pantry_model::{JobId, Timestamp};

use super::record::{Accepted, Ended, Line, MARK, Record, Tombstone};

/// How long after a job's time to live a duplicate of its delivery is still expected.
pub const KEPT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known of one job.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Accepted, not started. With its payload, unless that is a file.
    Waiting(Accepted, Vec<u8>),
    /// Started; how it ended is not known. Until when it is remembered.
    Started(Timestamp),
    /// Ended, and not recorded by the server. With the bytes of its tail.
    Ended(Ended, Vec<u8>),
    /// Over.
    Done(Tombstone),
}

/// What a journal says, by job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// The jobs.
    pub jobs: BTreeMap<JobId, Known>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The records, up to the first that is not whole.
    pub lines: Vec<Line>,
    /// How many bytes they take.
    pub valid: usize,
    /// Whether a whole record follows one that is not, which no crash can leave behind.
    pub damaged: bool,
}

/// Reads records until one is not whole. Never fails, whatever the bytes are.
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while let Some((line, length)) = Line::decode(rest) {
        lines.push(line);
        rest = rest.get(length..).unwrap_or_default();
    }
    let damaged = rest
        .windows(MARK.len())
        .enumerate()
        .skip(1)
        .filter(|(_, window)| *window == MARK)
        .any(|(at, _)| rest.get(at..).and_then(Line::decode).is_some());
    Parsed { lines, valid: bytes.len() - rest.len(), damaged }
}

impl Accepted {
    /// Until when a duplicate may come.
    pub fn until(&self) -> Timestamp {
        self.received_at.after(self.time_to_live).after(KEPT_AFTER)
    }

    /// What is left of its time to live; never more than it was, should the clock have gone back.
    pub fn left(&self, now: Timestamp) -> Duration {
        self.received_at.after(self.time_to_live).since(now).min(self.time_to_live)
    }
}

impl Ended {
    /// What remains of it once it is recorded.
    pub fn tombstone(&self) -> Tombstone {
        Tombstone {
            job: self.job,
            until: self.until,
            what: self.what,
            exit_code: self.ending.exit_code,
            signal: self.ending.signal,
        }
    }
}

impl Contents {
    /// Takes one more record. What makes no sense changes nothing.
    pub fn apply(&mut self, line: Line) {
        match line.record {
            Record::Accepted(accepted) => {
                self.jobs.entry(accepted.job).or_insert(Known::Waiting(accepted, line.bytes));
            }
            Record::Started { job, until } => {
                if matches!(self.jobs.get(&job), None | Some(Known::Waiting(..))) {
                    self.jobs.insert(job, Known::Started(until));
                }
            }
            Record::Ended(ended) => {
                if !matches!(self.jobs.get(&ended.job), Some(Known::Ended(..) | Known::Done(_))) {
                    self.jobs.insert(ended.job, Known::Ended(ended, line.bytes));
                }
            }
            Record::Recorded(tombstone) => {
                self.jobs.insert(tombstone.job, Known::Done(tombstone));
            }
        }
    }

    /// All these records.
    pub fn replay(lines: Vec<Line>) -> Self {
        let mut contents = Self::default();
        lines.into_iter().for_each(|line| contents.apply(line));
        contents
    }

    /// Drops what need not be remembered any longer.
    pub fn forget_before(&mut self, now: Timestamp) {
        self.jobs
            .retain(|_, known| !matches!(known, Known::Done(tombstone) if tombstone.until < now));
    }

    /// The fewest records that say the same.
    pub fn into_lines(self) -> impl Iterator<Item = Line> {
        self.jobs.into_iter().map(|(job, known)| match known {
            Known::Waiting(accepted, bytes) => Line { record: Record::Accepted(accepted), bytes },
            Known::Started(until) => Record::Started { job, until }.into(),
            Known::Ended(ended, bytes) => Line { record: Record::Ended(ended), bytes },
            Known::Done(tombstone) => Record::Recorded(tombstone).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use pantry_model::protocol::Reported;
    use pantry_model::{Ending, Order};
    use proptest::prelude::*;

    use super::*;

    fn job(number: u32) -> JobId {
        JobId::new(Timestamp(5), number)
    }

    fn any_line() -> impl Strategy<Value = Line> {
        let ids = 0u32..6;
        let bytes = prop::collection::vec(any::<u8>(), 0..200);
        prop_oneof![
            (ids.clone(), bytes.clone(), any::<bool>()).prop_map(|(id, bytes, payload_in_file)| {
                let order = Order {
                    command: "exec".to_owned(),
                    arguments: serde_json::json!({ "program": "ls" }),
                    timeout: Duration::from_secs(3),
                };
                let accepted = Accepted {
                    job: job(id),
                    order,
                    received_at: Timestamp(7),
                    time_to_live: Duration::from_secs(60),
                    payload_in_file,
                };
                Line { record: Record::Accepted(accepted), bytes }
            }),
            ids.clone()
                .prop_map(|id| { Record::Started { job: job(id), until: Timestamp(9) }.into() }),
            (ids.clone(), bytes).prop_map(|(id, bytes)| {
                let ended = Ended {
                    job: job(id),
                    until: Timestamp(9),
                    what: Reported::Failed,
                    ending: Ending { exit_code: Some(3), ..Ending::because("it broke") },
                    spooled: 4,
                    tail: Vec::new(),
                };
                Line { record: Record::Ended(ended), bytes }
            }),
            ids.prop_map(|id| {
                let tombstone = Tombstone {
                    job: job(id),
                    until: Timestamp(9),
                    what: Reported::Succeeded,
                    exit_code: Some(0),
                    signal: None,
                };
                Record::Recorded(tombstone).into()
            }),
        ]
    }

    fn encoded(lines: &[Line]) -> Vec<u8> {
        let mut bytes = Vec::new();
        lines.iter().for_each(|line| line.encode(&mut bytes));
        bytes
    }

    proptest! {
        #[test]
        fn a_journal_cut_anywhere_says_what_a_prefix_of_it_said(
            lines in prop::collection::vec(any_line(), 0..12), cut: prop::sample::Index,
        ) {
            let whole = encoded(&lines);
            let cut = cut.index(whole.len() + 1);
            let parsed = parse(&whole[..cut]);
            prop_assert!(lines.starts_with(&parsed.lines));
            prop_assert!(!parsed.damaged);
            prop_assert!(parsed.valid <= cut);
            prop_assert_eq!(&encoded(&parsed.lines), &whole[..parsed.valid]);
        }

        #[test]
        fn damage_before_the_last_record_is_noticed(
            lines in prop::collection::vec(any_line(), 2..8), place: prop::sample::Index,
        ) {
            let mut bytes = encoded(&lines);
            let last = encoded(&lines[lines.len() - 1..]).len();
            let place = place.index(bytes.len() - last);
            bytes[place] ^= 0x40;
            prop_assert!(parse(&bytes).damaged);
        }

        #[test]
        fn garbage_is_never_a_panic(
            lines in prop::collection::vec(any_line(), 0..4),
            garbage in prop::collection::vec(any::<u8>(), 0..300),
            at: prop::sample::Index,
        ) {
            let mut bytes = encoded(&lines);
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, garbage);
            Contents::replay(parse(&bytes).lines);
        }

        #[test]
        fn compaction_keeps_the_meaning(lines in prop::collection::vec(any_line(), 0..30)) {
            let contents = Contents::replay(lines);
            let again = Contents::replay(contents.clone().into_lines().collect());
            prop_assert_eq!(again, contents);
        }
    }

    #[test]
    fn nothing_that_was_started_is_ever_waiting_again() {
        let started: Line = Record::Started { job: job(1), until: Timestamp(9) }.into();
        let accepted = Record::Accepted(Accepted {
            job: job(1),
            order: Order {
                command: "exec".to_owned(),
                arguments: serde_json::Value::Null,
                timeout: Duration::ZERO,
            },
            received_at: Timestamp(0),
            time_to_live: Duration::ZERO,
            payload_in_file: false,
        });
        let contents = Contents::replay(vec![started, accepted.into()]);
        assert_eq!(contents.jobs.get(&job(1)), Some(&Known::Started(Timestamp(9))));
    }
}
