//! The server that all tests of a run share.
//!
//! It is started by whoever comes first, and ends a few seconds after the last of its users has.
//! Each user's process holds a lock on a file in its folder for as long as it lives; the server's
//! supervisor waits for that lock, and deletes the folder while it has it. So who comes at that
//! moment waits, sees that the file is another or gone, and starts a new server. What a killed
//! server or a restart of the machine left behind is found out by nobody listening there.

use std::fs::{DirBuilder, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use rustix::fs::statvfs;
use rustix::process::geteuid;

use super::cluster::USUAL_PORT;
use super::programs::Programs;
use super::server::{self, Start, lock_file};
use super::session::{Session, SessionError};

/// How long it stays without users, in seconds.
const GRACE: u32 = 5;

/// Nothing in it must last, and many use it at once.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("max_connections", "400"),
    ("shared_buffers", "64MB"),
    ("dynamic_shared_memory_type", "mmap"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "512MB"),
    ("checkpoint_timeout", "1h"),
    ("autovacuum", "off"),
    ("log_min_messages", "fatal"),
    ("log_min_error_statement", "panic"),
    ("log_checkpoints", "off"),
];

/// Where files are in memory: to copy a database there is several times as quick as on a disk that
/// others write to as well.
const MEMORY: &str = "/dev/shm";

/// The room that it must have there: more than what the tests of a machine with many cores need.
const ENOUGH: u64 = 2 << 30;

/// This checkout, which is also what keeps two processes from starting a server at once.
const CHECKOUT: &str = env!("CARGO_MANIFEST_DIR");

/// The lock of this process, which it keeps until it ends.
static HELD: Mutex<Option<File>> = Mutex::new(None);

/// The shared server, as who uses it sees it.
pub(super) struct Shared {
    pub(super) programs: Programs,
    pub(super) folder: PathBuf,
    pub(super) session: Session,
}

/// Finds or starts the server, keeps it from ending before this process does, and connects to it.
pub(super) fn join() -> Result<Shared> {
    let programs = Programs::find()?;
    let _one_by_one = one_by_one()?;
    let folder = folder();
    if let Some(session) = enter(&programs, &folder)? {
        return Ok(Shared { programs, folder, session });
    }
    clear(&folder)?;
    DirBuilder::new().mode(0o700).create(&folder).with_context(|| folder.display().to_string())?;
    programs.give(&folder)?;
    programs.init(&folder)?;
    let settings = SETTINGS.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let settings: Vec<_> = settings.collect();
    let port = USUAL_PORT;
    let start =
        Start { programs: &programs, folder: &folder, port, grace: GRACE, settings: &settings };
    keep(server::start(&start)?.lock);
    let session = Session::open(&socket(&folder))?;
    Ok(Shared { programs, folder, session })
}

/// Until this is dropped, no other process, and no other thread, does what needs this.
pub(super) fn one_by_one() -> Result<File> {
    let file = File::open(CHECKOUT).with_context(|| CHECKOUT.to_owned())?;
    file.lock().with_context(|| format!("a lock on {CHECKOUT}"))?;
    Ok(file)
}

/// Where it is: one for each user and checkout. Not in the target directory, since a socket's path
/// must be short, and who runs the server must be able to get there.
fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    CHECKOUT.hash(&mut hasher);
    let name = format!("pantry-postgres-{}-{:08x}", geteuid().as_raw(), hasher.finish() >> 32);
    let in_memory = Path::new(MEMORY).join(&name);
    // Whoever wants it elsewhere says so.
    let may_be_there = std::env::var_os("TMPDIR").is_none();
    if may_be_there && (in_memory.exists() || room(MEMORY) >= ENOUGH) {
        return in_memory;
    }
    std::env::temp_dir().join(name)
}

/// How many bytes there are free below a path.
fn room(path: &str) -> u64 {
    statvfs(path).map_or(0, |found| found.f_bavail.saturating_mul(found.f_frsize))
}

/// Takes the lock and connects; `None` if no server runs there.
fn enter(programs: &Programs, folder: &Path) -> Result<Option<Session>> {
    let Ok(metadata) = std::fs::symlink_metadata(folder) else { return Ok(None) };
    // Where everybody may make folders, somebody else may have made this one.
    ensure!(
        metadata.is_dir() && metadata.uid() == programs.user_id() && metadata.mode() & 0o077 == 0,
        "{} is not a folder that only PostgreSQL may use; delete it",
        folder.display()
    );
    let path = lock_file(folder);
    let Ok(lock) = File::open(&path) else { return Ok(None) };
    lock.lock_shared().with_context(|| path.display().to_string())?;
    let Ok(there) = std::fs::metadata(&path) else { return Ok(None) };
    let locked = lock.metadata()?;
    if (there.dev(), there.ino()) != (locked.dev(), locked.ino()) {
        return Ok(None);
    }
    match Session::open(&socket(folder)) {
        Ok(session) => {
            keep(lock);
            Ok(Some(session))
        }
        Err(SessionError::Connection(_)) => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

/// Deletes what a server has left behind that did not end by itself.
fn clear(folder: &Path) -> Result<()> {
    let left = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let memory = left.lines().nth(6).and_then(|line| line.split_whitespace().nth(1));
    if let Some(id) = memory {
        // It is gone already if the machine was restarted.
        let _gone = Command::new("ipcrm").args(["--shmem-id", id]).stderr(Stdio::null()).status();
    }
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

fn keep(lock: File) {
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = Some(lock);
}

fn socket(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{USUAL_PORT}"))
}
