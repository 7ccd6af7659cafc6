//! MD5s of many files, by as many threads as the machine has use for.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use md5::{Digest as _, Md5 as Hasher};
use pantry_model::Md5;

use super::CookbookFile;
use super::error::CookbookError;

/// Files for which another thread is worth its start.
const FILES_PER_THREAD: usize = 64;

/// The files at these paths, in their order.
pub(super) fn all(
    folder: &Path,
    paths: Vec<(String, PathBuf)>,
) -> Result<Vec<CookbookFile>, CookbookError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers = cores.min(paths.len().div_ceil(FILES_PER_THREAD)).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, place)) = paths.get(at) else { return Ok(done) };
            let (md5, size) = sum(place).map_err(CookbookError::unreadable(place))?;
            let (path, place) = (path.clone(), place.clone());
            done.push((at, CookbookFile { path, place, md5, size }));
        }
    };
    let mut files = if workers == 1 {
        work()?
    } else {
        thread::scope(|scope| -> Result<_, CookbookError> {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let mut files = Vec::with_capacity(paths.len());
            for worker in workers {
                let done = worker.join().unwrap_or_else(|_| {
                    let stopped = std::io::Error::other("reading it was given up");
                    Err(CookbookError::unreadable(folder)(stopped))
                });
                files.extend(done?);
            }
            Ok(files)
        })?
    };
    files.sort_unstable_by_key(|(at, _)| *at);
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// The MD5 of a file, and how many bytes it has.
fn sum(place: &Path) -> std::io::Result<(Md5, u64)> {
    let mut file = File::open(place)?;
    let mut hasher = Hasher::new();
    let mut piece = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((Md5(hasher.finalize().into()), size));
        }
        hasher.update(piece.get(..count).unwrap_or_default());
        size += count as u64;
    }
}
