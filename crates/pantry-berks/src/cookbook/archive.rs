//! A cookbook that came as one file: a tar, packed by gzip or not, as Supermarkets give them.
//!
//! Whoever made it need not mean well. Its entries are paths on our disk, so one that could lead
//! elsewhere is refused, and so is all that is neither a file nor a folder: a link could lead anywhere,
//! and what comes after it through it. What is unpacked is counted while it is unpacked, since a few
//! bytes can be packed that are many.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use super::limits;
use super::remote::wrong;

/// How a file that was packed by gzip begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The files that say that a folder is a cookbook.
const METADATA: [&str; 2] = ["metadata.json", "metadata.rb"];

/// A file that is not taken for a cookbook's archive.
#[derive(Debug, thiserror::Error)]
pub enum InvalidArchive {
    /// It is no tar, or ends too early.
    #[error("it is no archive that can be unpacked: {0}")]
    Broken(io::Error),
    /// A path leads, or could lead, elsewhere.
    #[error("its file `{path}` is not unpacked: {reason}")]
    Path {
        /// The path, or its beginning.
        path: String,
        /// Why not.
        reason: &'static str,
    },
    /// There is more than a cookbook has.
    #[error("it has more than {limit} {what}, the most that are taken")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// No folder in it has metadata.
    #[error("there is no cookbook in it: no folder has a metadata.json or a metadata.rb")]
    NoCookbook,
    /// What is in it cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Unwritable {
        /// Where it was to go.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Takes the files of an archive, one after the other: its path, which stays below where the archive is
/// unpacked, and its bytes.
pub type TakeFile<'t> = dyn FnMut(&str, &mut dyn Read) -> Result<(), InvalidArchive> + 't;

/// Reads an archive to its end. What it has of bytes and files is limited ([`limits`]).
pub fn read_archive(mut packed: impl Read, take: &mut TakeFile<'_>) -> Result<(), InvalidArchive> {
    let mut begins = Vec::new();
    let head = packed.by_ref().take(GZIP.len() as u64).read_to_end(&mut begins);
    head.map_err(InvalidArchive::Broken)?;
    let is_gzip = begins == GZIP;
    let whole = Cursor::new(begins).chain(packed);
    let tar: Box<dyn Read + '_> =
        if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
    let mut left = Left { tar, bytes: limits::UNPACKED_BYTES, is_over: false };
    let read = read_tar(&mut left, take);
    match read {
        // Whatever it says, that is why.
        Err(_) if left.is_over => {
            Err(InvalidArchive::TooMuch { what: "bytes", limit: limits::UNPACKED_BYTES })
        }
        read => read,
    }
}

fn read_tar(tar: &mut dyn Read, take: &mut TakeFile<'_>) -> Result<(), InvalidArchive> {
    let mut archive = tar::Archive::new(tar);
    let mut paths = BTreeSet::new();
    for entry in archive.entries().map_err(InvalidArchive::Broken)? {
        let mut entry = entry.map_err(InvalidArchive::Broken)?;
        let kind = entry.header().entry_type();
        // What a whole archive says of itself, such as the commit that it was made of.
        if kind == EntryType::XGlobalHeader {
            continue;
        }
        let bytes = entry.path_bytes().into_owned();
        let shown = || String::from_utf8_lossy(&bytes).chars().take(80).collect();
        let refused = |reason| InvalidArchive::Path { path: shown(), reason };
        let Ok(path) = std::str::from_utf8(&bytes) else {
            return Err(refused("its path is no UTF-8"));
        };
        let path = path.trim_start_matches("./").trim_end_matches('/');
        match kind {
            EntryType::Directory if path.is_empty() || path == "." => continue,
            EntryType::Directory | EntryType::Regular | EntryType::Continuous => {}
            EntryType::Symlink | EntryType::Link => return Err(refused("it is a link")),
            _ => return Err(refused("it is neither a file nor a folder")),
        }
        if let Some(reason) = wrong(path) {
            return Err(refused(reason));
        }
        if kind == EntryType::Directory {
            continue;
        }
        if !paths.insert(path.to_owned()) {
            return Err(refused("it is there twice"));
        }
        if paths.len() > limits::FILES {
            let limit = limits::FILES as u64;
            return Err(InvalidArchive::TooMuch { what: "files", limit });
        }
        take(path, &mut entry)?;
    }
    Ok(())
}

/// Unpacks an archive into a folder that is there and empty, and gives the cookbook's own folder: this
/// one, or the first in it that has metadata. If this fails, some of it may be there.
pub fn unpack(packed: impl Read, into: &Path) -> Result<PathBuf, InvalidArchive> {
    read_archive(packed, &mut |path, bytes| write(&into.join(path), bytes))?;
    let has_metadata = |folder: &Path| METADATA.iter().any(|name| folder.join(name).is_file());
    if has_metadata(into) {
        return Ok(into.to_owned());
    }
    let failed = |source| InvalidArchive::Unwritable { path: into.to_owned(), source };
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(into).map_err(failed)? {
        inside.push(entry.map_err(failed)?.path());
    }
    inside.sort_unstable();
    inside.into_iter().find(|folder| has_metadata(folder)).ok_or(InvalidArchive::NoCookbook)
}

fn write(place: &Path, bytes: &mut dyn Read) -> Result<(), InvalidArchive> {
    let failed = |source| InvalidArchive::Unwritable { path: place.to_owned(), source };
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file: File =
        OpenOptions::new().write(true).create_new(true).open(place).map_err(failed)?;
    let mut part = vec![0; 64 << 10];
    loop {
        // Which of the two fails decides what is said.
        let length = bytes.read(&mut part).map_err(InvalidArchive::Broken)?;
        let Some(some) = part.get(..length).filter(|some| !some.is_empty()) else { return Ok(()) };
        io::Write::write_all(&mut file, some).map_err(failed)?;
    }
}

/// What is left of an archive, and of the bytes that are taken.
struct Left<'r> {
    tar: Box<dyn Read + 'r>,
    bytes: u64,
    is_over: bool,
}

impl Read for Left<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.tar.read(into)?;
        match self.bytes.checked_sub(length as u64) {
            Some(left) => {
                self.bytes = left;
                Ok(length)
            }
            None => {
                self.is_over = true;
                Err(io::Error::other("it is too large"))
            }
        }
    }
}
