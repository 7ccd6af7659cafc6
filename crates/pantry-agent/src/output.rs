//! A running job's output on its way to the spool.
//!
//! Small writes are gathered, so that a program that writes a character at a time costs no more
//! than one that writes lines; what is beyond the limit is counted and thrown away, so that no
//! program fills the disk; and memory is one gathered chunk, however long the lines are.

use std::mem;
use std::time::Duration;

use pantry_model::{Chunk, JobId, OutputStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::disk::Disk;
use crate::job::{JobEvent, JobNews};
use crate::spool::Piece;

/// How long a small write waits for more.
const GATHER: Duration = Duration::from_millis(25);

/// Takes a job's output.
#[derive(Debug)]
pub struct Output {
    job: JobId,
    disk: Disk,
    news: mpsc::Sender<JobNews>,
    /// Bytes that are kept at most.
    limit: u64,
    written: Written,
    kept: u64,
    cut: bool,
    gathered: Vec<Piece>,
    gathered_bytes: usize,
    due: Option<Instant>,
}

/// What became of a job's output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Bytes that the program wrote.
    pub bytes: u64,
    /// Chunks in the spool.
    pub spooled: u64,
    /// Chunks after those, which are not in the spool.
    pub tail: Vec<Piece>,
}

impl Output {
    /// The output of a job, of which so many bytes are kept.
    pub fn new(job: JobId, disk: Disk, news: mpsc::Sender<JobNews>, limit: u64) -> Self {
        Self {
            job,
            disk,
            news,
            limit,
            written: Written::default(),
            kept: 0,
            cut: false,
            gathered: Vec::new(),
            gathered_bytes: 0,
            due: None,
        }
    }

    /// Takes bytes that the program wrote.
    pub async fn write(&mut self, stream: OutputStream, bytes: &[u8]) {
        self.written.bytes += bytes.len() as u64;
        if self.cut {
            return;
        }
        let room = usize::try_from(self.limit - self.kept).unwrap_or(usize::MAX);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        self.kept += fitting.len() as u64;
        self.gather(stream, fitting);
        if fitting.len() < bytes.len() {
            self.cut = true;
            let mark = format!(
                "\n[pantry: output cut after {} bytes; the setting is client.output_limit]\n",
                self.kept
            );
            self.gather(OutputStream::Stderr, mark.as_bytes());
            self.flush().await;
        } else if self.gathered_bytes >= Chunk::MAX_BYTES {
            self.flush().await;
        } else if !self.gathered.is_empty() && self.due.is_none() {
            self.due = Some(Instant::now() + GATHER);
        }
    }

    /// When what is gathered should be flushed, if anything is.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Writes what is gathered to the spool.
    pub async fn flush(&mut self) {
        self.due = None;
        self.gathered_bytes = 0;
        if self.gathered.is_empty() {
            return;
        }
        let pieces = mem::take(&mut self.gathered);
        let bytes: usize = pieces.iter().map(|(_, piece)| piece.len()).sum();
        match self.disk.spool(self.job, pieces).await {
            Ok(chunks) => {
                self.written.spooled = chunks;
                let event = JobEvent::Spooled(chunks);
                // Nobody listens only when the agent is about to end.
                let _ = self.news.send(JobNews { job: self.job, event }).await;
            }
            Err(error) => {
                tracing::warn!(job = %self.job, %error, "cannot keep a job's output");
                self.cut = true;
                self.kept = self.kept.saturating_sub(bytes as u64);
                let mark = format!(
                    "\n[pantry: output cut after {} bytes, the agent {error}]\n",
                    self.kept
                );
                self.written.tail.push((OutputStream::Stderr, mark.into_bytes()));
            }
        }
    }

    /// Ends it.
    pub async fn finish(mut self) -> Written {
        self.flush().await;
        self.written
    }

    fn gather(&mut self, stream: OutputStream, mut bytes: &[u8]) {
        self.gathered_bytes += bytes.len();
        while !bytes.is_empty() {
            let last = self.gathered.last_mut();
            match last.filter(|(s, piece)| *s == stream && piece.len() < Chunk::MAX_BYTES) {
                Some((_, piece)) => {
                    let room = Chunk::MAX_BYTES - piece.len();
                    let (now, later) = bytes.split_at(room.min(bytes.len()));
                    piece.extend_from_slice(now);
                    bytes = later;
                }
                None => self.gathered.push((stream, Vec::new())),
            }
        }
    }
}

/// Cuts bytes into chunks.
pub fn pieces(stream: OutputStream, bytes: &[u8]) -> Vec<Piece> {
    bytes.chunks(Chunk::MAX_BYTES).map(|piece| (stream, piece.to_vec())).collect()
}
