//! Contents on their way into a folder: written and hashed by a thread of their own, so that neither the
//! disk nor the hashing holds up whoever hears the network.
//!
//! What has come stays in `incoming` when all this ends early, and is where the next attempt goes on.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;

use async_trait::async_trait;
use pantry_model::Sha256;
use sha2::Digest as _;
use tokio::sync::{mpsc, oneshot};

use super::contents::{Contents, make_folder};
use super::fetch::Sink;

/// How many pieces wait for the thread.
const WAITING: usize = 8;

/// What is hashed at once of what an earlier attempt has left.
const BUFFER: usize = 128 * 1024;

/// Bytes of a content, by its place.
struct Piece {
    content: usize,
    offset: u64,
    bytes: Vec<u8>,
}

/// The contents that turned out wrong, each with its length.
type Wrong = Vec<(Sha256, u64)>;

/// The sink.
pub(super) struct Arriving<'a> {
    folder: Contents,
    contents: Vec<(Sha256, u64)>,
    pieces: mpsc::Sender<Piece>,
    outcome: oneshot::Receiver<io::Result<Wrong>>,
    progress: &'a (dyn Fn(u64) + Send + Sync),
}

impl<'a> Arriving<'a> {
    /// Starts the thread.
    pub(super) fn start(
        folder: Contents,
        contents: Vec<(Sha256, u64)>,
        progress: &'a (dyn Fn(u64) + Send + Sync),
    ) -> io::Result<Self> {
        let (pieces, arriving) = mpsc::channel(WAITING);
        let (done, outcome) = oneshot::channel();
        let writer = Writer {
            folder: folder.clone(),
            contents: contents.clone(),
            open: None,
            wrong: Vec::new(),
        };
        thread::Builder::new().name("pantry-contents".to_owned()).spawn(move || {
            // Who has stopped waiting needs no outcome.
            let _ = done.send(writer.write_all(arriving));
        })?;
        Ok(Self { folder, contents, pieces, outcome, progress })
    }

    /// Says that this was all; answers which contents are not what they are called.
    pub(super) async fn finish(self) -> io::Result<Wrong> {
        drop(self.pieces);
        self.outcome.await.unwrap_or_else(|_| Err(ended()))
    }
}

#[async_trait]
impl Sink for Arriving<'_> {
    async fn from(&mut self, content: usize) -> io::Result<u64> {
        let Some((sha256, size)) = self.contents.get(content) else { return Err(ended()) };
        let there = fs::symlink_metadata(self.folder.incoming(sha256));
        // One that is whole is asked for from its last byte on, so that its end comes.
        Ok(there.map_or(0, |it| it.len()).min(size.saturating_sub(1)))
    }

    async fn take(&mut self, content: usize, offset: u64, bytes: &[u8]) -> io::Result<()> {
        (self.progress)(u64::try_from(bytes.len()).unwrap_or(0));
        let piece = Piece { content, offset, bytes: bytes.to_vec() };
        match self.pieces.send(piece).await {
            Ok(()) => Ok(()),
            Err(_) => match (&mut self.outcome).await {
                Ok(Err(error)) => Err(error),
                _ => Err(ended()),
            },
        }
    }
}

fn ended() -> io::Error {
    io::Error::other("the thread that writes contents has ended")
}

/// The content that is being written.
struct Open {
    content: usize,
    file: File,
    hash: sha2::Sha256,
    at: u64,
}

/// What the thread has.
struct Writer {
    folder: Contents,
    contents: Vec<(Sha256, u64)>,
    open: Option<Open>,
    wrong: Wrong,
}

impl Writer {
    fn write_all(mut self, mut arriving: mpsc::Receiver<Piece>) -> io::Result<Wrong> {
        while let Some(piece) = arriving.blocking_recv() {
            self.write(&piece)?;
        }
        Ok(self.wrong)
    }

    /// Contents come one after the other, each in order.
    fn write(&mut self, piece: &Piece) -> io::Result<()> {
        let Some(&(sha256, size)) = self.contents.get(piece.content) else { return Err(ended()) };
        let incoming = self.folder.incoming(&sha256);
        let mut open = match self.open.take() {
            Some(open) if open.content == piece.content && open.at == piece.offset => open,
            _ => resume(&incoming, piece)?,
        };
        open.file.write_all(&piece.bytes).map_err(|error| named("write", &incoming, &error))?;
        open.hash.update(&piece.bytes);
        open.at += u64::try_from(piece.bytes.len()).unwrap_or(0);
        if open.at < size {
            self.open = Some(open);
            return Ok(());
        }
        if open.hash.finalize()[..] != sha256.0 {
            fs::remove_file(&incoming)?;
            self.wrong.push((sha256, size));
            return Ok(());
        }
        let path = self.folder.path(&sha256);
        if let Some(parent) = path.parent() {
            make_folder(parent)?;
        }
        fs::rename(&incoming, &path).map_err(|error| named("write", &path, &error))
    }
}

/// Opens what there is of a content, which is hashed up to the piece's offset.
fn resume(incoming: &Path, piece: &Piece) -> io::Result<Open> {
    let options = || -> io::Result<File> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // A link there is nobody's doing that means well.
        options.custom_flags(libc::O_NOFOLLOW).open(incoming)
    };
    let mut file = options().map_err(|error| named("open", incoming, &error))?;
    let (mut hash, mut at) = (sha2::Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER];
    while at < piece.offset {
        let most = usize::try_from(piece.offset - at).unwrap_or(BUFFER).min(BUFFER);
        let read = file.read(buffer.get_mut(..most).unwrap_or_default())?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        at += u64::try_from(read).unwrap_or(0);
    }
    if at != piece.offset {
        let what = format!("{} has become shorter", incoming.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    file.set_len(at)?;
    Ok(Open { content: piece.content, file, hash, at })
}

/// An error with what was done, and where.
fn named(action: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {action} {}: {error}", path.display()))
}
