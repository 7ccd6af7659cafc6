//! Files as the file service wants them: pieces of contents, read ahead on a thread of its own.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::thread;

use async_trait::async_trait;
use pantry_wire::files::Supply;
use tokio::sync::{mpsc, oneshot};

use crate::error::FilesError;
use crate::scan::Origin;

/// Where a content is.
#[derive(Clone, Debug)]
pub enum Supplied {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, with its length in bytes.
    File(Origin, u64),
}

/// Contents that are read when they are wanted. A file that was changed since it was hashed is an error
/// that names it.
pub struct FilesSupply<'t> {
    asked: mpsc::UnboundedSender<Asked>,
    tell: &'t (dyn Fn(u64) + Send + Sync),
}

struct Asked {
    piece: Piece,
    answer: oneshot::Sender<io::Result<Vec<u8>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    content: usize,
    offset: u64,
    length: usize,
}

impl<'t> FilesSupply<'t> {
    /// These, called by their places. `tell` hears of bytes as they are sent.
    pub fn start(
        contents: Vec<Supplied>,
        tell: &'t (dyn Fn(u64) + Send + Sync),
    ) -> io::Result<Self> {
        let (asked, mut asks) = mpsc::unbounded_channel::<Asked>();
        let mut reader = Reader { contents, open: None };
        thread::Builder::new().name("pantry-supply".to_owned()).spawn(move || {
            let mut ahead: Option<(Piece, io::Result<Vec<u8>>)> = None;
            while let Some(Asked { piece, answer }) = asks.blocking_recv() {
                let bytes = match ahead.take() {
                    Some((is_read, bytes)) if is_read == piece => bytes,
                    _ => reader.read(piece),
                };
                let next = Piece { offset: piece.offset + piece.length as u64, ..piece };
                // Whoever has stopped waiting wants no more.
                if answer.send(bytes).is_err() {
                    return;
                }
                if reader.holds(next) {
                    ahead = Some((next, reader.read(next)));
                }
            }
        })?;
        Ok(Self { asked, tell })
    }
}

#[async_trait]
impl Supply for FilesSupply<'_> {
    async fn read(&mut self, content: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let ended = || io::Error::other("the thread that reads files has ended");
        let (answer, bytes) = oneshot::channel();
        let piece = Piece { content, offset, length };
        self.asked.send(Asked { piece, answer }).map_err(|_| ended())?;
        let bytes = bytes.await.map_err(|_| ended())??;
        (self.tell)(bytes.len() as u64);
        Ok(bytes)
    }
}

struct Reader {
    contents: Vec<Supplied>,
    open: Option<(usize, File)>,
}

impl Reader {
    /// Whether a content has all of these bytes.
    fn holds(&self, piece: Piece) -> bool {
        let size = match self.contents.get(piece.content) {
            Some(Supplied::Bytes(bytes)) => bytes.len() as u64,
            Some(Supplied::File(_, size)) => *size,
            None => 0,
        };
        piece.offset.checked_add(piece.length as u64).is_some_and(|end| end <= size)
    }

    fn read(&mut self, piece: Piece) -> io::Result<Vec<u8>> {
        let Piece { content, offset, length } = piece;
        let nothing = || io::Error::other("bytes that there are not were asked for");
        match self.contents.get(content) {
            None => Err(nothing()),
            Some(Supplied::Bytes(bytes)) => {
                let from = usize::try_from(offset).map_err(|_| nothing())?;
                let rest = bytes.get(from..).and_then(|rest| rest.get(..length));
                rest.map(<[u8]>::to_vec).ok_or_else(nothing)
            }
            Some(Supplied::File(origin, size)) => {
                let file = match &mut self.open {
                    Some((open, file)) if *open == content => file,
                    other => &mut other.insert((content, origin.open().map_err(said)?)).1,
                };
                let mut bytes = vec![0; length];
                match file.read_exact_at(&mut bytes, offset) {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                        return Err(said(FilesError::Changed(origin.path())));
                    }
                    read => read.map_err(|it| said(FilesError::io("read", &origin.path())(it)))?,
                }
                if offset + length as u64 >= *size {
                    origin.check(file).map_err(said)?;
                }
                Ok(bytes)
            }
        }
    }
}

fn said(error: FilesError) -> io::Error {
    io::Error::other(error)
}
