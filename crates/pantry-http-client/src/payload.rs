//! What a request carries: some bytes, or a file that is too large to be held in memory.
//!
//! A file is read in pieces as the connection takes them, by whoever drives the connection: a disk
//! gives a piece sooner than another thread would be woken for it. How much has gone out is counted,
//! since a large file on a slow line takes long without being stuck.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::error::Problem;

/// Up to so many bytes a file is read at once.
const PIECE_BYTES: u64 = 64 * 1024;

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Payload {
    /// These bytes.
    Bytes(Bytes),
    /// What is in a file.
    File {
        /// Which.
        path: PathBuf,
        /// How many bytes it has. It is an error if it has fewer by the time it is sent, and more of
        /// it is not sent.
        size: u64,
    },
}

impl Payload {
    /// Whether it comes from a file.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// The body of one attempt.
    pub(crate) fn open(&self) -> Result<Sending, Problem> {
        match self {
            Self::Bytes(bytes) => Ok(Sending::Bytes(bytes.clone())),
            Self::File { path, size } => {
                let failed = |source| Problem::Unreadable { path: path.clone(), source };
                let file = File::open(path).map_err(failed)?;
                if *size <= PIECE_BYTES {
                    return Ok(Sending::Bytes(piece(&file, *size).map_err(failed)?));
                }
                let moved = Arc::default();
                Ok(Sending::File { file, path: path.clone(), left: *size, moved })
            }
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

/// A body on its way out.
#[derive(Debug)]
pub(crate) enum Sending {
    Bytes(Bytes),
    File { file: File, path: PathBuf, left: u64, moved: Arc<AtomicU64> },
}

impl Sending {
    /// Where is counted how much has gone out.
    pub(crate) fn moved(&self) -> Arc<AtomicU64> {
        match self {
            Self::Bytes(_) => Arc::default(),
            Self::File { moved, .. } => Arc::clone(moved),
        }
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let sent = match self.get_mut() {
            Self::Bytes(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Self::Bytes(bytes) => Ok(std::mem::take(bytes)),
            Self::File { left: 0, .. } => return Poll::Ready(None),
            Self::File { file, path, left, moved } => {
                let bytes = piece(file, PIECE_BYTES.min(*left));
                if let Ok(bytes) = &bytes {
                    *left -= bytes.len() as u64;
                    moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                }
                bytes.map_err(|error| named(path, &error))
            }
        };
        Poll::Ready(Some(sent.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { left, .. } => *left,
        })
    }
}

/// The next bytes of a file, of which there must be so many.
fn piece(mut file: &File, size: u64) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.by_ref().take(size).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < size {
        return Err(io::Error::other("it is shorter than it was a moment ago"));
    }
    Ok(bytes.into())
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
}
