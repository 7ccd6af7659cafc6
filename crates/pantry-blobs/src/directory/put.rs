//! Putting a content into a directory, such that it is whole or not there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::layout::{make_private, sync};
use crate::error::BlobError;
use crate::spool::temporary;

/// Where it comes from; it stays there.
pub(super) enum From {
    Memory(Bytes),
    File(PathBuf),
}

/// Puts it at `path`. All of it is on disk afterwards, its name included.
pub(super) fn put(
    root: &Path,
    incoming: &Path,
    path: &Path,
    size: u64,
    from: &From,
) -> Result<(), BlobError> {
    let Some(directory) = path.parent() else { return Ok(()) };
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| BlobError::file(action, &path, &error)
    };
    make(root, directory).map_err(failed("made", directory))?;
    // Also if it is there: how long this takes must not tell whoever brings it that another has it.
    match from {
        From::Memory(bytes) => {
            let mut file = temporary(incoming)?;
            file.write_all(bytes).map_err(failed("written", file.path()))?;
            finish(file, path)?;
        }
        From::File(aside) => {
            File::open(aside).and_then(|file| file.sync_all()).map_err(failed("written", aside))?;
            keep(aside, incoming, path, size)?;
        }
    }
    // Also of what another has put there, and may not have come to say so of.
    sync(directory).map_err(failed("written", directory))
}

fn is_there(path: &Path, size: u64) -> bool {
    fs::metadata(path).is_ok_and(|there| there.len() == size)
}

/// Gives a file that is on disk its name as well. Where a file system cannot give two names to a
/// file, or one of another length has the name, which is what a broken disk has left, it is copied.
fn keep(aside: &Path, incoming: &Path, path: &Path, size: u64) -> Result<(), BlobError> {
    match fs::hard_link(aside, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_there(path, size) => {
            Ok(())
        }
        Err(_) => {
            let mut file = temporary(incoming)?;
            let copy = |to: &mut File| io::copy(&mut File::open(aside)?, to);
            copy(file.as_file_mut())
                .map_err(|error| BlobError::file("written", file.path(), &error))?;
            finish(file, path)
        }
    }
}

/// Has a temporary file on disk, and gives it its name.
fn finish(file: tempfile::NamedTempFile, path: &Path) -> Result<(), BlobError> {
    let failed = |error: io::Error| BlobError::file("written", path, &error);
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// Makes the two levels of directories, and has them on disk.
fn make(root: &Path, directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    make_private(directory)?;
    if let Some(above) = directory.parent() {
        sync(above)?;
    }
    sync(root)
}
