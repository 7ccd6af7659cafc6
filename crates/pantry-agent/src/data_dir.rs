//! The client's data directory: whose it is, and which one it is.
//!
//! One agent at a time owns it, by a lock that the kernel drops with the process, however that
//! ends. Its *incarnation* is the random name under which the server knows what this disk has been
//! told: whoever loses the journal must lose the name with it, so that what was sent to the old one
//! is never sent to the new one. That is why both are opened here together, in an order in which a
//! crash between any two steps leaves at most a directory that starts anew.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use pantry_model::{Incarnation, Timestamp};
use rustix::fs::{FlockOperation, flock};

use crate::journal::{Contents, Journal, Opened};

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process holds its lock.
    #[error("another agent is running with the data directory {directory}")]
    AlreadyRunning {
        /// The directory.
        directory: PathBuf,
    },
    /// The incarnation's file holds something else.
    #[error("{path} does not hold an incarnation (16 hexadecimal digits)")]
    NotAnIncarnation {
        /// The file.
        path: PathBuf,
    },
    /// The thread that keeps the directory has ended.
    #[error("the data directory is closed")]
    Gone,
    /// The operating system said no.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried: a verb.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl DataDirError {
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}

/// An open data directory. Dropping it lets another agent have it.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    incarnation: Incarnation,
    lock: File,
}

impl DataDir {
    /// Opens the directory, makes it if it is not there, and reads the journal in it. `random` is
    /// the name of the incarnation, if a new one begins.
    pub fn open(
        path: &Path,
        now: Timestamp,
        random: u64,
    ) -> Result<(Self, Journal, Contents), DataDirError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(DataDirError::io("make the directory", path))?;
        let lock = lock(path)?;

        let incarnation_path = path.join("incarnation");
        let (journal, contents) = match Journal::open(path, now)? {
            Opened::Whole(journal, contents) => (journal, contents),
            Opened::Missing => {
                remove_if_there(&incarnation_path)?;
                sync_directory(path)?;
                (Journal::create(path)?, Contents::default())
            }
            Opened::Damaged => {
                // It is not known what has run, so this becomes another incarnation.
                tracing::warn!(
                    directory = %path.display(),
                    "the journal is damaged; kept as `journal.damaged`, and what it held is given up"
                );
                remove_if_there(&incarnation_path)?;
                sync_directory(path)?;
                Journal::set_damaged_aside(path)?;
                (Journal::create(path)?, Contents::default())
            }
        };
        let incarnation = match read_incarnation(&incarnation_path)? {
            Some(incarnation) => incarnation,
            None => {
                let incarnation = Incarnation(random);
                write_durably(path, "incarnation", format!("{incarnation}\n").as_bytes())?;
                incarnation
            }
        };
        Ok((Self { path: path.to_owned(), incarnation, lock }, journal, contents))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its incarnation.
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // Closing the file is not enough: a program that is being started has it too, until it is.
        let _ = flock(&self.lock, FlockOperation::Unlock);
    }
}

fn lock(directory: &Path) -> Result<File, DataDirError> {
    let path = directory.join("lock");
    let file = private().open(&path).map_err(DataDirError::io("open", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            Err(DataDirError::AlreadyRunning { directory: directory.to_owned() })
        }
        Err(error) => Err(DataDirError::io("lock", &path)(error.into())),
    }
}

fn read_incarnation(path: &Path) -> Result<Option<Incarnation>, DataDirError> {
    let text = match fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DataDirError::io("read", path)(error)),
    };
    Incarnation::try_from(text)
        .map(Some)
        .map_err(|_| DataDirError::NotAnIncarnation { path: path.to_owned() })
}

/// How files of the data directory are opened: for their owner only.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options
}

/// Writes a file so that after a crash it is either whole or not there.
pub(crate) fn write_durably(
    directory: &Path,
    name: &str,
    bytes: &[u8],
) -> Result<(), DataDirError> {
    let path = directory.join(name);
    let new = directory.join(format!("{name}.new"));
    let write = || -> io::Result<()> {
        let mut file = private().truncate(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &path)
    };
    write().map_err(DataDirError::io("write", &path))?;
    sync_directory(directory)
}

/// Makes what was created, renamed or removed in a directory durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), DataDirError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(DataDirError::io("sync", path))
}

pub(crate) fn remove_if_there(path: &Path) -> Result<(), DataDirError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(DataDirError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn the_incarnation_stays_until_the_journal_is_lost() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/agent");
        let open = |random| DataDir::open(&path, NOW, random).unwrap().0.incarnation();
        assert_eq!(open(1), Incarnation(1));
        assert_eq!(open(2), Incarnation(1), "a restart keeps it");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_to_string(path.join("incarnation")).unwrap(), "0000000000000001\n");

        fs::remove_file(path.join("journal")).unwrap();
        assert_eq!(open(3), Incarnation(3), "what was run is not known any more");
        fs::write(path.join("journal"), b"not a journal at all").unwrap();
        assert_eq!(open(4), Incarnation(4));
        assert!(path.join("journal.damaged").exists());
    }

    #[test]
    fn a_second_agent_is_kept_out_and_told_why() {
        let home = tempfile::tempdir().unwrap();
        let first = DataDir::open(home.path(), NOW, 1).unwrap();
        let error = DataDir::open(home.path(), NOW, 2).unwrap_err();
        assert!(matches!(&error, DataDirError::AlreadyRunning { .. }));
        assert!(error.to_string().contains(home.path().to_str().unwrap()), "{error}");
        drop(first);
        DataDir::open(home.path(), NOW, 3).unwrap();
    }
}
