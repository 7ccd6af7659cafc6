//! One job in the book.

use std::time::Duration;

use pantry_model::protocol::{Report, Reported};
use pantry_model::{Ending, JobId, Timestamp};
use tokio::time::Instant;

use super::progress::Progress;
use crate::journal::Tombstone;
use crate::spool::Piece;

/// Whether a report was said.
#[derive(Debug)]
pub(super) enum Said {
    No,
    Yes { again: Instant, pause: Duration },
    Recorded,
}

#[derive(Debug, PartialEq)]
pub(super) enum Phase {
    /// Being written down.
    Arriving,
    Waiting,
    Running,
    Ended(Tombstone),
    /// Not on disk, and will not be.
    Refused,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) until: Timestamp,
    pub(super) phase: Phase,
    /// The size of its order.
    pub(super) size: usize,
    /// What is to be said of it now; it stands for all that came before.
    pub(super) report: Option<Report>,
    pub(super) said: Said,
    pub(super) spooled: u64,
    pub(super) tail: Vec<Piece>,
    pub(super) output: Progress,
}

impl Entry {
    pub(super) fn new(until: Timestamp, phase: Phase, size: usize) -> Self {
        Self {
            until,
            phase,
            size,
            report: None,
            said: Said::No,
            spooled: 0,
            tail: Vec::new(),
            output: Progress::default(),
        }
    }

    pub(super) fn say(&mut self, job: JobId, what: Reported, ending: Ending) {
        self.report = Some(Report { job, what, ending });
        self.said = Said::No;
    }

    pub(super) fn available(&self) -> u64 {
        self.spooled + self.tail.len() as u64
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Arriving | Phase::Waiting)
    }

    /// What is left of it, if the server has all of it.
    pub(super) fn tombstone(&self, job: JobId) -> Option<Tombstone> {
        let is_recorded =
            matches!(self.said, Said::Recorded) && self.output.recorded() >= self.available();
        match &self.phase {
            _ if !is_recorded => None,
            Phase::Ended(tombstone) => Some(*tombstone),
            Phase::Refused => Some(Tombstone {
                job,
                until: self.until,
                what: Reported::Refused,
                exit_code: None,
                signal: None,
            }),
            _ => None,
        }
    }
}
