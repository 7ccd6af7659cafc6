//! Where a content is while it arrives: hashed as it comes, in memory while it is small, else in a
//! temporary file.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5 as Md5Hasher};
use pantry_model::{Content, Md5, Sha256};
use sha2::Sha256 as Sha256Hasher;
use tempfile::TempPath;

use crate::error::BlobError;
use crate::workers::Workers;

/// How many bytes are collected before a thread hashes and writes them. What is no longer than that
/// never gets a file: hashing it takes no longer than handing it over.
const PART: usize = 64 * 1024;

/// What the names of temporary files begin with.
pub(crate) const PREFIX: &str = "incoming-";

/// A content on its way in. Dropped before it is finished, it leaves nothing.
#[derive(Debug)]
pub struct Spool {
    place: Arc<Path>,
    workers: Workers,
    waiting: Vec<Bytes>,
    waiting_bytes: usize,
    /// Not here while a thread has it; not again if that failed.
    state: Option<State>,
}

#[derive(Debug)]
struct State {
    md5: Md5Hasher,
    sha256: Sha256Hasher,
    size: u64,
    file: Option<(fs::File, TempPath)>,
}

/// A content that has arrived, and is kept aside until this is dropped.
#[derive(Debug)]
pub struct Received {
    content: Content,
    pub(crate) bytes: Aside,
}

/// Where it is.
#[derive(Debug)]
pub(crate) enum Aside {
    Memory(Bytes),
    /// In a file, of which not all may be on disk yet.
    File(TempPath),
}

impl Received {
    /// What it is.
    pub fn content(&self) -> &Content {
        &self.content
    }
}

impl Spool {
    /// One whose temporary files are in this directory.
    pub(crate) fn new(place: Arc<Path>, workers: Workers) -> Self {
        let (md5, sha256) = (Md5Hasher::new(), Sha256Hasher::new());
        let state = Some(State { md5, sha256, size: 0, file: None });
        Self { place, workers, waiting: Vec::new(), waiting_bytes: 0, state }
    }

    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.waiting_bytes += bytes.len();
        self.waiting.push(bytes);
        if self.waiting_bytes > PART { self.pass_on().await } else { Ok(()) }
    }

    /// Says that this was all.
    pub async fn finish(mut self) -> Result<Received, BlobError> {
        let is_small = self.state.as_ref().is_some_and(|state| state.file.is_none());
        if !is_small {
            self.pass_on().await?;
        }
        let mut state = self.state.take().ok_or_else(failed_before)?;
        let bytes = match state.file.take() {
            Some((_, path)) => Aside::File(path),
            None => {
                let bytes = joined(std::mem::take(&mut self.waiting));
                state.hash(&bytes);
                Aside::Memory(bytes)
            }
        };
        let (md5, sha256) =
            (Md5(state.md5.finalize().into()), Sha256(state.sha256.finalize().into()));
        Ok(Received { content: Content { md5, sha256, size: state.size }, bytes })
    }

    /// Has what waits hashed and written.
    async fn pass_on(&mut self) -> Result<(), BlobError> {
        let mut state = self.state.take().ok_or_else(failed_before)?;
        let (parts, place) = (std::mem::take(&mut self.waiting), Arc::clone(&self.place));
        self.waiting_bytes = 0;
        let write = move || {
            for part in parts {
                state.hash(&part);
                state.write(&place, &part)?;
            }
            Ok::<_, BlobError>(state)
        };
        self.state = Some(self.workers.run(write).await?);
        Ok(())
    }
}

impl State {
    fn hash(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }

    fn write(&mut self, place: &Path, bytes: &[u8]) -> Result<(), BlobError> {
        let (file, path) = match &mut self.file {
            Some(file) => file,
            none => none.insert(temporary(place)?.into_parts()),
        };
        file.write_all(bytes).map_err(|error| BlobError::file("written", path, &error))
    }
}

/// A temporary file that only the server's user can read.
pub(crate) fn temporary(place: &Path) -> Result<tempfile::NamedTempFile, BlobError> {
    let made = tempfile::Builder::new().prefix(PREFIX).tempfile_in(place);
    made.map_err(|error| BlobError::file("written to", place, &error))
}

fn joined(mut parts: Vec<Bytes>) -> Bytes {
    if parts.len() <= 1 {
        return parts.pop().unwrap_or_default();
    }
    let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    whole.freeze()
}

fn failed_before() -> BlobError {
    BlobError::Unavailable("a content could not be written before".to_owned())
}
