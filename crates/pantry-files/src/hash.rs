//! What files hold, found out on several threads.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use pantry_model::Sha256;
use sha2::{Digest as _, Sha256 as Hasher};

use crate::error::FilesError;
use crate::folder::{Cursor, Folder};

/// The most threads that hash: others need cores as well.
const THREADS: usize = 4;

/// What is read at once, in bytes.
pub(crate) const PART: usize = 256 * 1024;

/// Says to whoever reads or writes files elsewhere that nobody wants it any more.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Nobody wants it any more.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// An error if nobody wants it any more.
    pub fn check(&self) -> Result<(), FilesError> {
        if self.0.load(Ordering::Relaxed) { Err(FilesError::Stopped) } else { Ok(()) }
    }
}

/// By what a file that was changed is known without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Signature {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// A file that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hashed {
    pub(crate) sha256: Sha256,
    pub(crate) size: u64,
    pub(crate) signature: Signature,
}

/// A file to read: where its path begins, and the path.
#[derive(Clone, Debug)]
pub(crate) struct ToHash {
    pub(crate) base: Arc<Folder>,
    pub(crate) path: String,
}

/// Reads all of these, and says of each what it holds; `None` if it is gone. `tell` hears how many
/// more bytes have been read.
pub(crate) fn hash_all(
    files: &[ToHash],
    stop: &Stop,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Option<Hashed>>, FilesError> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
    let work = || {
        let mut done = Vec::new();
        let mut cursor: Option<(Arc<Folder>, Cursor)> = None;
        let mut part = vec![0; PART];
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(ToHash { base, path }) = files.get(at) else { return done };
            let cursor = match &mut cursor {
                Some((open, cursor)) if Arc::ptr_eq(open, base) => cursor,
                other => {
                    let new = (Arc::clone(base), Cursor::new(Arc::clone(base)));
                    &mut other.insert(new).1
                }
            };
            match hash(cursor, path, &mut part, stop, tell) {
                Ok(hashed) => done.push((at, hashed)),
                Err(error) => {
                    // The others end as well.
                    next.store(files.len(), Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return done;
                }
            }
        }
    };
    let mut all = vec![None; files.len()];
    let done: Vec<_> = thread::scope(|scope| {
        let others = threads.min(files.len()).saturating_sub(1);
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            // A thread that panics has said so; what it did not do is missing below.
            done.extend(other.join().unwrap_or_default());
        }
        done
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    for (at, hashed) in done {
        if let Some(place) = all.get_mut(at) {
            *place = hashed;
        }
    }
    Ok(all)
}

fn hash(
    cursor: &mut Cursor,
    path: &str,
    part: &mut [u8],
    stop: &Stop,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<Option<Hashed>, FilesError> {
    let Some((folder, name)) = cursor.go_to_parent(path)? else { return Ok(None) };
    let mut file = match folder.read(name.as_ref()) {
        Err(FilesError::Missing(_)) => return Ok(None),
        file => file?,
    };
    let path = folder.at(name);
    let look = |file: &File| -> Result<Signature, FilesError> {
        let metadata = file.metadata().map_err(FilesError::io("look at", &path))?;
        Ok(Signature::of(&metadata))
    };
    let signature = look(&file)?;
    let (sha256, size) = hash_file(&mut file, &path, part, stop, tell)?;
    if look(&file)? != signature || size != signature.size {
        return Err(FilesError::Changed(path));
    }
    Ok(Some(Hashed { sha256, size, signature }))
}

fn hash_file(
    file: &mut File,
    path: &Path,
    part: &mut [u8],
    stop: &Stop,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<(Sha256, u64), FilesError> {
    let mut hasher = Hasher::new();
    let mut size = 0;
    loop {
        stop.check()?;
        let length = file.read(part).map_err(FilesError::io("read", path))?;
        let Some(bytes) = part.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        size += length as u64;
        tell(length as u64);
    }
    Ok((Sha256(hasher.finalize().into()), size))
}
