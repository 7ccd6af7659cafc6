//! What an agent does with its journal before it speaks to anyone.
//!
//! What was started and has no end was running when the agent was killed: how it ended is not
//! known, and that is written down as its end. What was accepted and not started is still to be
//! done, if its time has not passed.

use std::sync::Arc;

use pantry_model::protocol::Reported;
use pantry_model::{Clock, Ending, Incarnation, JobId, OutputStream};
use tokio::time::Instant;

use crate::book::Book;
use crate::config::Config;
use crate::data_dir::{DataDir, DataDirError};
use crate::disk::{self, Disk, DiskThread};
use crate::error::AgentError;
use crate::job::Assignment;
use crate::journal::{Ended, Known, Line, Record};
use crate::spool::Piece;
use crate::time::later;

/// An agent that has read its journal.
pub(crate) struct Start {
    pub(crate) directory: DataDir,
    pub(crate) disk: Disk,
    pub(crate) thread: DiskThread,
    pub(crate) book: Book,
    pub(crate) waiting: Vec<Assignment>,
}

impl Start {
    pub(crate) fn incarnation(&self) -> Incarnation {
        self.directory.incarnation()
    }

    /// Opens the data directory and takes up what is in it.
    pub(crate) fn open(config: &Config, clock: &Arc<dyn Clock>) -> Result<Self, AgentError> {
        let now = clock.now();
        let random = getrandom::u64().map_err(|error| AgentError::Randomness(error.to_string()))?;
        let (directory, mut journal, contents) = DataDir::open(&config.data_dir, now, random)?;
        let is_open = |job: JobId| !matches!(contents.jobs.get(&job), None | Some(Known::Done(_)));
        let spools = disk::prepare(directory.path(), is_open)?;

        let mut book = Book::default();
        let mut waiting = Vec::new();
        let mut ends: Vec<Line> = Vec::new();
        for (job, known) in contents.jobs {
            match known {
                Known::Waiting(accepted, payload) => {
                    let deadline = later(Instant::now(), accepted.left(now));
                    book.recall_waiting(job, accepted.until(), 0);
                    waiting.push(Assignment {
                        accepted,
                        payload,
                        deadline,
                        is_accepted: true,
                        fault: None,
                    });
                }
                Known::Started(until) => {
                    let (chunks, bytes) =
                        spools.get(&job).map_or((0, 0), |spool| (spool.chunks(), spool.bytes()));
                    let ending = Ending {
                        reason: Some(format!(
                            "{}'s agent ended while it ran",
                            config.machine.identity
                        )),
                        output_bytes: bytes,
                        output_chunks: chunks,
                        ..Ending::default()
                    };
                    let what = Reported::Forgotten;
                    let ended = Ended { job, until, what, ending, spooled: chunks, tail: vec![] };
                    ends.push(Record::Ended(ended.clone()).into());
                    book.recall_ended(ended, Vec::new());
                }
                Known::Ended(ended, bytes) => {
                    let tail = split(&ended.tail, &bytes);
                    book.recall_ended(ended, tail);
                }
                Known::Done(tombstone) => book.recall_over(tombstone),
            }
        }
        if !ends.is_empty()
            && let Err(error) = journal.commit(&ends, now)
        {
            // They are found so at every start until there is room to say it once.
            tracing::warn!(%error, "cannot write down that jobs were interrupted");
        }
        let path = directory.path().to_owned();
        let failed = DataDirError::io("start a thread for", &path);
        let (disk, thread) =
            Disk::start(path, journal, spools, Arc::clone(clock)).map_err(failed)?;
        Ok(Self { directory, disk, thread, book, waiting })
    }
}

/// Bytes as the pieces whose sizes are given.
fn split(sizes: &[(OutputStream, usize)], mut bytes: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (stream, size) in sizes {
        let Some((piece, rest)) = bytes.split_at_checked(*size) else { break };
        pieces.push((*stream, piece.to_vec()));
        bytes = rest;
    }
    pieces
}
