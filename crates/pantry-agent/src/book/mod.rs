//! What this agent knows of its jobs, and what it still has to say of them.
//!
//! Pure, so that it can be tried without a disk or a server: news of jobs and words of the server
//! go in, reports and wishes for output come out. A job is open until the server has its end and
//! all its output; after that a tombstone answers late duplicates of its delivery.

mod entry;
mod progress;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use pantry_model::protocol::{Recorded, Report, Reported};
use pantry_model::{Ending, JobId, Timestamp};
use tokio::time::Instant;

use self::entry::{Entry, Phase, Said};
use crate::data_dir::DataDirError;
use crate::job::{JobEvent, JobNews};
use crate::journal::{Ended, Tombstone};
use crate::spool::Piece;
use crate::time::later;

/// How long a report waits for the server's answer before it is said again, at first.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// And at most.
const MOST_PAUSE: Duration = Duration::from_secs(60);
/// Jobs that may wait for their turn.
const MOST_WAITING: usize = 1000;
/// Bytes that their orders may have together.
const MOST_WAITING_BYTES: usize = 16 * 1024 * 1024;

/// Whether a delivery is to be taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is new.
    New,
    /// It is known, and what is known will be said again.
    Known,
    /// There is no room for it, and that will be said.
    Full,
}

/// Pieces of output to send.
#[derive(Debug, PartialEq)]
pub(crate) struct Send {
    /// Whose.
    pub(crate) job: JobId,
    /// The sequence number of the first.
    pub(crate) first: u64,
    /// The pieces.
    pub(crate) pieces: Vec<Piece>,
}

/// Output that is wanted from the disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wish {
    /// Whose.
    pub(crate) job: JobId,
    /// From this sequence number on.
    pub(crate) from: u64,
    /// At most so many bytes.
    pub(crate) most: usize,
}

/// The jobs.
#[derive(Debug, Default)]
pub(crate) struct Book {
    open: BTreeMap<JobId, Entry>,
    over: HashMap<JobId, Tombstone>,
    /// How many were left when `over` was last cleared of what is too old.
    over_after_clearing: usize,
    /// To be said once; whoever did not hear it asks again.
    answers: Vec<Report>,
}

impl Book {
    /// Notes a job that was accepted before a restart and is waiting.
    pub(crate) fn recall_waiting(&mut self, job: JobId, until: Timestamp, size: usize) {
        let mut entry = Entry::new(until, Phase::Waiting, size);
        entry.say(job, Reported::Accepted, Ending::default());
        self.open.insert(job, entry);
    }

    /// Notes a job that ended before a restart.
    pub(crate) fn recall_ended(&mut self, ended: Ended, tail: Vec<Piece>) {
        let job = ended.job;
        self.open.insert(job, Entry::new(ended.until, Phase::Arriving, 0));
        self.end(job, ended, tail);
    }

    /// Notes a job that is over.
    pub(crate) fn recall_over(&mut self, tombstone: Tombstone) {
        self.over.insert(tombstone.job, tombstone);
    }

    /// A delivery arrives. `size` is that of its order.
    pub(crate) fn arrive(&mut self, job: JobId, until: Timestamp, size: usize) -> Arrival {
        if let Some(entry) = self.open.get_mut(&job) {
            // Said once more, whatever the server's answer to the last time is; it may be on its way.
            if !matches!(entry.said, Said::No) {
                self.answers.extend(entry.report.clone());
            }
            return Arrival::Known;
        }
        if let Some(tombstone) = self.over.get(&job) {
            let Tombstone { what, exit_code, signal, .. } = *tombstone;
            let ending = Ending { exit_code, signal, ..Ending::default() };
            self.answers.push(Report { job, what, ending });
            return Arrival::Known;
        }
        let waiting = self.open.values().filter(|entry| entry.is_waiting());
        let (count, bytes) = waiting.fold((0, size), |(n, sum), entry| (n + 1, sum + entry.size));
        if count < MOST_WAITING && bytes <= MOST_WAITING_BYTES {
            self.open.insert(job, Entry::new(until, Phase::Arriving, size));
            return Arrival::New;
        }
        let mut entry = Entry::new(until, Phase::Refused, 0);
        let reason = format!("the agent's queue is full: {count} jobs are waiting in it");
        entry.say(job, Reported::Refused, Ending::because(reason));
        self.open.insert(job, entry);
        Arrival::Full
    }

    /// Something happened to a job. Answers what can be sent because of it.
    pub(crate) fn note(&mut self, news: JobNews, now: Instant) -> Option<Send> {
        let job = news.job;
        let entry = self.open.get_mut(&job)?;
        match news.event {
            JobEvent::Accepted => {
                entry.phase = Phase::Waiting;
                entry.say(job, Reported::Accepted, Ending::default());
            }
            JobEvent::Started => {
                entry.phase = Phase::Running;
                entry.say(job, Reported::Started, Ending::default());
            }
            JobEvent::Spooled(chunks) => entry.spooled = chunks,
            JobEvent::Ended(ended, tail) => self.end(job, ended, tail),
            JobEvent::Refused(reason) => {
                entry.phase = Phase::Refused;
                entry.say(job, Reported::Refused, Ending::because(reason));
            }
            JobEvent::Read(from, pieces) => return self.send(job, from, pieces, now),
        }
        None
    }

    fn end(&mut self, job: JobId, ended: Ended, tail: Vec<Piece>) {
        if let Some(entry) = self.open.get_mut(&job) {
            entry.phase = Phase::Ended(ended.tombstone());
            entry.spooled = ended.spooled;
            entry.tail = tail;
            entry.say(job, ended.what, ended.ending);
        }
    }

    fn send(
        &mut self,
        job: JobId,
        from: u64,
        pieces: Result<Vec<Piece>, DataDirError>,
        now: Instant,
    ) -> Option<Send> {
        let entry = self.open.get_mut(&job)?;
        let pieces = pieces.unwrap_or_else(|error| {
            tracing::warn!(%job, %error, "a job's output is lost");
            Vec::new()
        });
        if pieces.is_empty() {
            // It was there, and it is not any more: there is nothing to send.
            entry.output.give_up(entry.spooled);
        }
        let bytes = pieces.iter().map(|(_, bytes)| bytes.len()).sum();
        let wanted = entry.output.read(from, pieces.len() as u64, bytes, now);
        wanted.then_some(Send { job, first: from, pieces })
    }

    /// A session begins: everything that is not recorded is to be said.
    pub(crate) fn start_over(&mut self) {
        for entry in self.open.values_mut() {
            if !matches!(entry.said, Said::Recorded) {
                entry.said = Said::No;
            }
            entry.output.start_over();
        }
    }

    /// The server has this. Answers which jobs are over now: whether they are on disk, and what is
    /// left of them.
    pub(crate) fn record(
        &mut self,
        recorded: &Recorded,
        now: Instant,
        clock: Timestamp,
    ) -> Vec<Tombstone> {
        for (job, what) in &recorded.reports {
            if let Some(entry) = self.open.get_mut(job)
                && entry.report.as_ref().is_some_and(|report| report.what == *what)
            {
                entry.said = Said::Recorded;
            }
        }
        for (job, upto) in &recorded.output {
            if let Some(entry) = self.open.get_mut(job) {
                let upto = (*upto).min(entry.available());
                entry.output.record(upto, now);
            }
        }
        let named = recorded.reports.iter().map(|(job, _)| job);
        let named = named.chain(recorded.output.iter().map(|(job, _)| job));
        let mut over = Vec::new();
        for job in named {
            let Some(tombstone) = self.open.get(job).and_then(|entry| entry.tombstone(*job)) else {
                continue;
            };
            let entry = self.open.remove(job);
            if entry.is_some_and(|entry| entry.phase != Phase::Refused) {
                over.push(tombstone);
            }
            self.over.insert(*job, tombstone);
        }
        if self.over.len() > 2 * self.over_after_clearing + MOST_WAITING {
            self.over.retain(|_, tombstone| tombstone.until >= clock);
            self.over_after_clearing = self.over.len();
        }
        over
    }

    /// Reports that are due, at most so many; they count as said.
    pub(crate) fn reports(&mut self, most: usize, now: Instant) -> Vec<Report> {
        let kept = self.answers.len().saturating_sub(most);
        let mut reports = self.answers.split_off(kept);
        for entry in self.open.values_mut() {
            if reports.len() >= most {
                break;
            }
            let pause = match entry.said {
                Said::No => FIRST_PAUSE,
                Said::Yes { again, pause } if again <= now => (pause * 2).min(MOST_PAUSE),
                _ => continue,
            };
            if let Some(report) = &entry.report {
                reports.push(report.clone());
                entry.said = Said::Yes { again: later(now, pause), pause };
            }
        }
        reports
    }

    /// Output that can be sent: at once, or after it was read; at most so many of each.
    pub(crate) fn output(
        &mut self,
        now: Instant,
        most_sends: usize,
        most_wishes: usize,
    ) -> (Vec<Send>, Vec<Wish>) {
        let (mut sends, mut wishes) = (Vec::new(), Vec::new());
        for (&job, entry) in &mut self.open {
            while sends.len() < most_sends && wishes.len() < most_wishes {
                let Some((from, most)) = entry.output.next(entry.available(), now) else { break };
                let Some(skip) = from.checked_sub(entry.spooled) else {
                    wishes.push(Wish { job, from, most });
                    break;
                };
                let mut room = most;
                let tail = entry.tail.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX));
                let pieces: Vec<Piece> = tail
                    .take_while(|(_, bytes)| {
                        let fits = bytes.len() <= room;
                        room = room.saturating_sub(bytes.len());
                        fits
                    })
                    .cloned()
                    .collect();
                let bytes = pieces.iter().map(|(_, bytes)| bytes.len()).sum();
                if !entry.output.read(from, pieces.len() as u64, bytes, now) {
                    break;
                }
                sends.push(Send { job, first: from, pieces });
            }
        }
        (sends, wishes)
    }

    /// When something is due next.
    pub(crate) fn wake(&self) -> Option<Instant> {
        let said = |entry: &Entry| match entry.said {
            Said::Yes { again, .. } => Some(again),
            _ => None,
        };
        self.open.values().flat_map(|entry| [said(entry), entry.output.wake()]).flatten().min()
    }

    /// The jobs on disk whose end was not recorded.
    pub(crate) fn open_jobs(&self) -> Vec<JobId> {
        let on_disk = |entry: &Entry| !matches!(entry.phase, Phase::Arriving | Phase::Refused);
        self.open.iter().filter(|(_, entry)| on_disk(entry)).map(|(job, _)| *job).collect()
    }
}

#[cfg(test)]
mod tests;
