//! The agent's own queue on disk: what it accepted, started, ended, and what the server has of it.
//!
//! Append-only, so that saying something durably costs one write and one fsync however many
//! records it is. When most of it is history it is rewritten beside itself and renamed into place.
//! An append that fails leaves nothing behind: the file is cut back, or, where even that fails or
//! an fsync did (after which the kernel may have dropped the pages), it is rewritten before the
//! next append.

pub mod record;
pub mod replay;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use pantry_model::Timestamp;

pub use record::{Accepted, Ended, Line, Record, Tombstone};
pub use replay::{Contents, KEPT_AFTER, Known, Parsed, parse};

use crate::data_dir::{DataDirError, private, remove_if_there, sync_directory, write_durably};

const NAME: &str = "journal";
/// The first bytes of the file.
const TITLE: &[u8; 16] = b"pantry journal 1";
/// Below this size it is not worth rewriting.
const COMPACT_FROM: u64 = 1024 * 1024;

/// What was found in a data directory.
#[derive(Debug)]
pub enum Opened {
    /// A journal; a torn end has been cut off.
    Whole(Journal, Contents),
    /// None.
    Missing,
    /// Something that is not a journal, or one with damage that no crash explains.
    Damaged,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    file: File,
    /// How long the file is, as far as it is valid.
    length: u64,
    /// How long it was when it was last as short as it can be.
    compacted: u64,
    /// Whether what is in the file is uncertain, so that it must be rewritten before it grows.
    broken: bool,
}

impl Journal {
    /// Opens the journal of this directory, if there is one.
    pub fn open(directory: &Path, now: Timestamp) -> Result<Opened, DataDirError> {
        let path = directory.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Opened::Missing),
            Err(error) => return Err(DataDirError::io("read", &path)(error)),
        };
        let Some(records) = bytes.strip_prefix(TITLE) else { return Ok(Opened::Damaged) };
        let parsed = parse(records);
        if parsed.damaged {
            return Ok(Opened::Damaged);
        }
        let file = private().open(&path).map_err(DataDirError::io("open", &path))?;
        let length = (TITLE.len() + parsed.valid) as u64;
        let torn = bytes.len() as u64 - length;
        if torn > 0 {
            tracing::info!(bytes = torn, "the end of the journal was torn by a crash; cut off");
            file.set_len(length).map_err(DataDirError::io("cut", &path))?;
        }
        // What is read may not be on the disk yet if only the process was killed; from here on the
        // agent acts on it.
        file.sync_data().map_err(DataDirError::io("sync", &path))?;
        let directory = directory.to_owned();
        let mut contents = Contents::replay(parsed.lines);
        contents.forget_before(now);
        let journal = Self { directory, file, length, compacted: 0, broken: false };
        Ok(Opened::Whole(journal, contents))
    }

    /// Makes an empty one.
    pub fn create(directory: &Path) -> Result<Self, DataDirError> {
        write_durably(directory, NAME, TITLE)?;
        let path = directory.join(NAME);
        let file = private().open(&path).map_err(DataDirError::io("open", &path))?;
        let length = TITLE.len() as u64;
        let directory = directory.to_owned();
        Ok(Self { directory, file, length, compacted: length, broken: false })
    }

    /// Puts a damaged one out of the way, for whoever wants to look at it.
    pub(crate) fn set_damaged_aside(directory: &Path) -> Result<(), DataDirError> {
        let path = directory.join(NAME);
        fs::rename(&path, directory.join("journal.damaged"))
            .map_err(DataDirError::io("rename", &path))
    }

    /// Appends records, and returns when all that was ever appended is on disk. On an error none
    /// of these records is there.
    pub fn commit(&mut self, lines: &[Line], now: Timestamp) -> Result<(), DataDirError> {
        let before = self.length;
        self.append(lines, now)?;
        if let Err(error) = self.file.sync_data() {
            self.length = before;
            self.broken = true;
            return Err(self.failed("sync")(error));
        }
        Ok(())
    }

    /// Appends records that may be lost in a crash, at no harm. They are on disk with the next
    /// commit.
    pub fn append(&mut self, lines: &[Line], now: Timestamp) -> Result<(), DataDirError> {
        if self.broken {
            self.compact(now)?;
        }
        let mut bytes = Vec::new();
        lines.iter().for_each(|line| line.encode(&mut bytes));
        if let Err(error) = self.file.write_all_at(&bytes, self.length) {
            // What was written of it must not be read as records one day.
            self.broken = self.file.set_len(self.length).is_err();
            return Err(self.failed("write")(error));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Rewrites the journal if most of it is history.
    pub fn compact_if_grown(&mut self, now: Timestamp) -> Result<(), DataDirError> {
        if self.length < COMPACT_FROM || self.length < self.compacted.saturating_mul(2) {
            return Ok(());
        }
        // If there is no room for two of it, it is not tried again at every commit.
        self.compact(now).inspect_err(|_| self.compacted = self.length)
    }

    fn compact(&mut self, now: Timestamp) -> Result<(), DataDirError> {
        let path = self.directory.join(NAME);
        let mut bytes = fs::read(&path).map_err(DataDirError::io("read", &path))?;
        bytes.truncate(usize::try_from(self.length).unwrap_or(usize::MAX));
        let mut contents =
            Contents::replay(parse(bytes.get(TITLE.len()..).unwrap_or_default()).lines);
        contents.forget_before(now);
        let mut bytes = TITLE.to_vec();
        contents.into_lines().for_each(|line| line.encode(&mut bytes));
        if let Err(error) = write_durably(&self.directory, NAME, &bytes) {
            // No room for two; the old one is as good as before.
            remove_if_there(&self.directory.join("journal.new"))?;
            return Err(error);
        }
        self.file = private().open(&path).map_err(DataDirError::io("open", &path))?;
        self.length = bytes.len() as u64;
        self.compacted = self.length;
        self.broken = false;
        sync_directory(&self.directory)
    }

    fn failed(&self, what: &'static str) -> impl FnOnce(io::Error) -> DataDirError + use<> {
        DataDirError::io(what, &self.directory.join(NAME))
    }
}

#[cfg(test)]
mod tests {
    use pantry_model::protocol::Reported;
    use pantry_model::{Ending, JobId};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn ended(number: u32, until: i64) -> [Line; 2] {
        let job = JobId::new(NOW, number);
        let ended = Ended {
            job,
            until: Timestamp(until),
            what: Reported::Succeeded,
            ending: Ending { exit_code: Some(0), ..Ending::default() },
            spooled: 0,
            tail: Vec::new(),
        };
        let tombstone = ended.tombstone();
        [Record::Ended(ended).into(), Record::Recorded(tombstone).into()]
    }

    fn reopen(directory: &Path, now: Timestamp) -> Contents {
        match Journal::open(directory, now).unwrap() {
            Opened::Whole(_, contents) => contents,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_grown_journal_is_rewritten_without_what_is_long_over() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(home.path()).unwrap();
        for number in 0..5_000 {
            let until = if number % 100 == 0 { 9_000_000 } else { 2_000 };
            journal.append(&ended(number, until), NOW).unwrap();
        }
        let later = Timestamp(3_000);
        let before = journal.length;
        journal.compact_if_grown(later).unwrap();
        assert!(journal.length < before / 50, "{} of {before} bytes left", journal.length);
        journal.commit(&ended(7_000, 9_000_000), later).unwrap();
        let contents = reopen(home.path(), later);
        assert_eq!(contents.jobs.len(), 51);
        assert!(contents.jobs.values().all(|known| matches!(known, Known::Done(_))));
    }

    #[test]
    fn what_is_appended_after_a_torn_end_is_read() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(home.path()).unwrap();
        journal.commit(&ended(1, 9_000), NOW).unwrap();
        journal.commit(&ended(2, 9_000), NOW).unwrap();
        journal.file.set_len(journal.length - 3).unwrap();
        drop(journal);
        let Opened::Whole(mut journal, contents) = Journal::open(home.path(), NOW).unwrap() else {
            panic!("not whole");
        };
        assert!(matches!(contents.jobs.values().nth(1), Some(Known::Ended(..))));
        journal.commit(&ended(3, 9_000), NOW).unwrap();
        assert_eq!(reopen(home.path(), NOW).jobs.len(), 3);
    }

    #[test]
    fn a_journal_whose_pages_may_be_lost_is_rewritten_before_it_grows() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(home.path()).unwrap();
        journal.commit(&ended(1, 9_000), NOW).unwrap();
        // As after an fsync that failed: the second record was never said to be there.
        let good = journal.length;
        journal.append(&ended(2, 9_000), NOW).unwrap();
        journal.length = good;
        journal.broken = true;
        journal.commit(&ended(3, 9_000), NOW).unwrap();
        let jobs: Vec<JobId> = reopen(home.path(), NOW).jobs.into_keys().collect();
        assert_eq!(jobs, [JobId::new(NOW, 1), JobId::new(NOW, 3)]);
    }
}
