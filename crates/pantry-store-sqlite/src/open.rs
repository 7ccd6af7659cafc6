//! Opening a directory as a store: the lock, the files' modes, the connections and their settings.
//!
//! Two servers on one database would each believe that they alone decide what is sent to whom, so
//! the directory is locked for one process, by a lock that ends with it however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Error;
use crate::migrations;

/// The database's file in its directory. SQLite adds `-wal` and `-shm` to this.
pub const DATABASE_FILE: &str = "pantry.db";

/// The lock's file in its directory.
pub const LOCK_FILE: &str = "pantry.lock";

/// How many connections read on threads of their own.
const READERS: usize = 4;

/// How many connections read on the callers' threads: more than a runtime mostly has.
const POINTS: usize = 8;

/// How long to wait for a lock on the database; only a program that is not Pantry can hold one.
const BUSY: Duration = Duration::from_secs(5);

/// Statements kept prepared for each connection: more than there are.
const STATEMENTS: usize = 128;

/// How much of the database the writer keeps in memory, in KiB: a node that is saved changes pages all
/// over the index, mostly the same ones.
const WRITER_CACHE: i64 = 32 << 10;

/// After how many pages the journal is written into the database. A page that was written more often
/// than once is then written once.
const CHECKPOINT: i64 = 4000;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "another server{} is using {}: stop it first, or give this one a data directory of its own",
        .process.map(|id| format!(" (process {id})")).unwrap_or_default(), .directory.display()
    )]
    InUse {
        /// The store's directory.
        directory: PathBuf,
        /// The other process, if it could be found out.
        process: Option<u32>,
    },
    /// The directory or a file in it cannot be used.
    #[error("cannot use {}: {error}", .path.display())]
    Files {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The threads could not be started.
    #[error("cannot start the store's threads: {0}")]
    Threads(io::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an open store is made of.
pub(crate) struct Opened {
    pub(crate) writer: Connection,
    pub(crate) readers: Vec<Connection>,
    pub(crate) points: Vec<Connection>,
    pub(crate) lock: Lock,
}

/// The lock on a directory, as long as this lives.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would not do: a child process that is just being started has the file open too,
        // until it runs its program. If this fails, the end of the process unlocks it.
        let _ = self.0.unlock();
    }
}

/// Locks the directory, and opens the database in it at the newest schema; makes what is missing.
pub(crate) fn open(directory: &Path) -> Result<Opened, OpenError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        |error| OpenError::Files { path, error }
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(at(directory))?;
    let lock = lock(directory)?;
    let path = directory.join(DATABASE_FILE);
    make_private(directory, &path).map_err(at(&path))?;

    let connections = || {
        let mut writer = connect(&path)?;
        writer.pragma_update(None, "cache_size", -WRITER_CACHE)?;
        writer.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT, |_| Ok(()))?;
        migrations::migrate(&mut writer)?;
        let readers =
            |count| (0..count).map(|_| connect_reader(&path)).collect::<Result<Vec<_>, Error>>();
        Ok((writer, readers(READERS)?, readers(POINTS)?))
    };
    let (writer, readers, points) =
        connections().map_err(|error: Error| error.into_store(&path.to_string_lossy()))?;
    Ok(Opened { writer, readers, points, lock })
}

fn lock(directory: &Path) -> Result<Lock, OpenError> {
    let path = directory.join(LOCK_FILE);
    let files = |error| OpenError::Files { path: path.clone(), error };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(files)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(files(error)),
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let read = file.read_to_string(&mut text).ok();
            let process = read.and_then(|_| text.trim().parse().ok());
            return Err(OpenError::InUse { directory: directory.to_owned(), process });
        }
    }
    // For the message above; that it can be written is no condition, since the lock is what counts.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(Lock(file))
}

/// Makes the database's file, or sees to its mode; SQLite gives that mode to those it adds.
fn make_private(directory: &Path, path: &Path) -> io::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        // So that the name is there after a power cut, as the content will be.
        Ok(_) => return File::open(directory)?.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.to_owned().into_os_string();
        file.push(suffix);
        match fs::set_permissions(file, Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn connect_reader(path: &Path) -> Result<Connection, Error> {
    let reader = connect(path)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not depend on what is bound. Otherwise SQLite would parse and plan some statements
    // anew whenever they come out of the cache, which costs several times what running them does.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        let text = format!(
            "the file system of {} cannot hold the database (its journal mode stays `{mode}`): \
             give it a directory on a local disk",
            path.display()
        );
        return Err(StoreError::Unavailable(text).into());
    }
    // Durable means synced before the answer; NORMAL would sync only now and then.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A large write leaves a large journal, which is cut back to this many bytes afterwards.
    connection.pragma_update_and_check(None, "journal_size_limit", 16 << 20, |_| Ok(()))?;
    Ok(connection)
}
