//! How far the server has a job's output, and what it is sent next.
//!
//! A window: so much is under way unrecorded and no more, so a slow server holds up its own copy
//! and nothing else. What is not recorded in time is sent again from the last place that is.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::{FIRST_PAUSE, MOST_PAUSE};
use crate::time::later;

/// Bytes of a job's output that may be under way.
const WINDOW: usize = 512 * 1024;
/// Bytes of one message. Less than is permitted, so that many jobs at once take little memory.
const MESSAGE: usize = 128 * 1024;
/// Less room than this is not worth a message.
const LEAST: usize = pantry_model::Chunk::MAX_BYTES;
/// How long an answer that asks for what was just sent again is taken for an old one.
const SETTLE: Duration = Duration::from_secs(1);

/// The state of one job's output. Numbers are sequence numbers of chunks.
#[derive(Debug)]
pub(super) struct Progress {
    /// The server has everything before this.
    recorded: u64,
    /// Everything before this was sent.
    sent: u64,
    /// What is under way: where each message ended, and its bytes.
    under_way: VecDeque<(u64, usize)>,
    bytes_under_way: usize,
    /// Whether a read is under way.
    reading: bool,
    /// When what is unrecorded is sent again.
    again: Option<Instant>,
    pause: Duration,
    went_back: Option<Instant>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            recorded: 0,
            sent: 0,
            under_way: VecDeque::new(),
            bytes_under_way: 0,
            reading: false,
            again: None,
            pause: FIRST_PAUSE,
            went_back: None,
        }
    }
}

impl Progress {
    /// Everything before this is recorded.
    pub(super) fn recorded(&self) -> u64 {
        self.recorded
    }

    /// When to look at it again.
    pub(super) fn wake(&self) -> Option<Instant> {
        self.again
    }

    /// From where to read next, and how many bytes, if something is there and there is room.
    pub(super) fn next(&mut self, available: u64, now: Instant) -> Option<(u64, usize)> {
        if self.again.is_some_and(|again| again <= now) {
            self.pause = (self.pause * 2).min(MOST_PAUSE);
            self.go_back(self.recorded);
        }
        let room = WINDOW.saturating_sub(self.bytes_under_way);
        if self.reading || self.sent >= available || room < LEAST {
            return None;
        }
        self.reading = true;
        Some((self.sent, room.min(MESSAGE)))
    }

    /// What was asked for is here. Whether to send it; else it is not wanted any more.
    pub(super) fn read(&mut self, from: u64, chunks: u64, bytes: usize, now: Instant) -> bool {
        self.reading = false;
        if from != self.sent || chunks == 0 {
            return false;
        }
        self.sent += chunks;
        self.under_way.push_back((self.sent, bytes));
        self.bytes_under_way += bytes;
        self.again.get_or_insert(later(now, self.pause));
        true
    }

    /// The server has everything before `upto`; nothing more, if it says so twice.
    pub(super) fn record(&mut self, upto: u64, now: Instant) {
        if upto > self.recorded {
            self.recorded = upto;
            self.sent = self.sent.max(upto);
            self.pause = FIRST_PAUSE;
            while let Some(&(end, bytes)) = self.under_way.front()
                && end <= upto
            {
                self.under_way.pop_front();
                self.bytes_under_way -= bytes;
            }
            self.again = (!self.under_way.is_empty()).then(|| later(now, self.pause));
        } else if upto < self.sent {
            // Something before the last message is missing there. Each message under way is
            // answered so; one going back is enough for all.
            let settled = self.went_back.is_none_or(|at| later(at, SETTLE) <= now);
            if settled || upto < self.recorded {
                self.recorded = upto;
                self.went_back = Some(now);
                self.go_back(upto);
            }
        }
    }

    /// Nothing of it can be read any more.
    pub(super) fn give_up(&mut self, available: u64) {
        self.recorded = available;
        self.go_back(available);
    }

    /// A new session begins: what was under way is lost.
    pub(super) fn start_over(&mut self) {
        self.pause = FIRST_PAUSE;
        self.went_back = None;
        self.go_back(self.recorded);
    }

    fn go_back(&mut self, to: u64) {
        self.sent = to;
        self.under_way.clear();
        self.bytes_under_way = 0;
        self.again = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends all there is room for; answers the sequence numbers where messages began.
    fn pump(progress: &mut Progress, available: u64, chunk: usize, now: Instant) -> Vec<u64> {
        let mut begun = Vec::new();
        while let Some((from, most)) = progress.next(available, now) {
            let chunks = ((most / chunk) as u64).min(available - from);
            assert!(progress.read(from, chunks, chunk * usize::try_from(chunks).unwrap(), now));
            begun.push(from);
        }
        begun
    }

    #[test]
    fn no_more_than_the_window_is_under_way() {
        let now = Instant::now();
        let mut progress = Progress::default();
        let chunk = 32 * 1024;
        assert_eq!(pump(&mut progress, 100, chunk, now), [0, 4, 8, 12]);
        progress.record(4, now);
        assert_eq!(pump(&mut progress, 100, chunk, now), [16]);
        progress.record(20, now);
        assert_eq!(progress.bytes_under_way, 0);
        assert_eq!(progress.wake(), None);
    }

    #[test]
    fn what_is_missing_there_is_sent_again_once() {
        let now = Instant::now();
        let mut progress = Progress::default();
        pump(&mut progress, 12, 32 * 1024, now);
        progress.record(4, now);
        // The second message was lost; the third is answered with where the server stands.
        progress.record(4, now);
        progress.record(4, now);
        assert_eq!(pump(&mut progress, 12, 32 * 1024, now), [4, 8]);
        progress.record(4, now);
        assert_eq!(pump(&mut progress, 12, 32 * 1024, now), [0u64; 0], "an old answer");
        progress.record(12, now);
        assert_eq!(progress.recorded(), 12);
    }

    #[test]
    fn silence_and_a_new_session_send_it_again() {
        let now = Instant::now();
        let mut progress = Progress::default();
        pump(&mut progress, 4, 100, now);
        let later = progress.wake().unwrap();
        assert_eq!(pump(&mut progress, 4, 100, later), [0]);
        assert!(progress.wake().unwrap() - later > FIRST_PAUSE);
        progress.record(2, later);
        progress.start_over();
        assert_eq!(pump(&mut progress, 4, 100, later), [2]);
        // A server restored from a backup has less than it had.
        progress.record(0, later);
        assert_eq!(pump(&mut progress, 4, 100, later), [0]);
    }

    #[test]
    fn a_read_that_was_overtaken_is_not_sent() {
        let now = Instant::now();
        let mut progress = Progress::default();
        assert_eq!(progress.next(4, now).map(|(from, _)| from), Some(0));
        progress.record(3, now);
        assert!(!progress.read(0, 4, 400, now));
        assert_eq!(progress.next(4, now).map(|(from, _)| from), Some(3));
    }
}
