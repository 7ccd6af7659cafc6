//! Where files are, and how directories are made.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pantry_model::{Sha256, Timestamp};

use super::LEFT_AFTER;
use crate::spool::PREFIX;

/// The file of a content.
pub(super) fn path_of(root: &Path, of: &Sha256) -> PathBuf {
    let name = of.to_string();
    let (first, second) = (name.get(..2).unwrap_or_default(), name.get(2..4).unwrap_or_default());
    root.join(first).join(second).join(&name)
}

/// Makes a directory, with those above it, that only its owner can enter.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Has a directory's entries on disk.
pub(super) fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// When a file was written.
pub(super) fn written(file: &fs::Metadata) -> Timestamp {
    let since = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Timestamp(0).after(since.unwrap_or_default())
}

/// Deletes the temporary files that somebody has left: a server that was killed. Another one that
/// shares the directory may be writing newer ones.
pub(crate) fn sweep(incoming: &Path, now: Timestamp) {
    let Ok(entries) = fs::read_dir(incoming) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = entry.metadata().map(|file| now.since(written(&file)));
        if is_ours && age.is_ok_and(|age| age > LEFT_AFTER) {
            // If it stays, it is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}
