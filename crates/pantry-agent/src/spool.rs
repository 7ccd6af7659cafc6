//! A job's output on disk, from when it is written until the server has all of it.
//!
//! One file a job: `stream (1) | length (4, LE) | bytes` for each chunk; a chunk's place is its
//! sequence number. Nothing is kept in memory but one position, so that sending from anywhere means
//! a scan at worst, and going on where the last read ended (the usual case) means none.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use pantry_model::{Chunk, OutputStream};

use crate::data_dir::private;

const HEADER: usize = 5;

/// A piece of output: where it was written, and its bytes (at most [`Chunk::MAX_BYTES`]).
pub type Piece = (OutputStream, Vec<u8>);

/// A job's output file. It is made with the first piece.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    /// Open while the job runs; after that it is opened for each read.
    file: Option<File>,
    length: u64,
    chunks: u64,
    /// Bytes of output in it.
    bytes: u64,
    /// Where the last read ended: sequence number and offset.
    cursor: (u64, u64),
}

impl Spool {
    /// The spool at this path, with what is there of it: a torn end is cut off.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        let mut spool = Self { path, file: None, length: 0, chunks: 0, bytes: 0, cursor: (0, 0) };
        let file = match File::options().read(true).write(true).open(&spool.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(spool),
            Err(error) => return Err(error),
        };
        let on_disk = file.metadata()?.len();
        let mut reader = BufReader::new(&file);
        while let Some((_, length)) = header(&mut reader)? {
            let end = spool.length + (HEADER + length) as u64;
            if end > on_disk {
                break;
            }
            reader.seek_relative(length as i64)?;
            spool.length = end;
            spool.chunks += 1;
            spool.bytes += length as u64;
        }
        if spool.length < on_disk {
            file.set_len(spool.length)?;
        }
        Ok(spool)
    }

    /// How many chunks it holds.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// How many bytes of output it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds pieces at its end: all of them or, on an error, none.
    pub fn append(&mut self, pieces: &[Piece]) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(private().open(&self.path)?);
        }
        let Some(file) = &self.file else { return Ok(()) };
        let mut bytes = Vec::new();
        for (stream, piece) in pieces {
            bytes.push(match stream {
                OutputStream::Stdout => 1,
                OutputStream::Stderr => 2,
            });
            bytes.extend_from_slice(&u32::try_from(piece.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend_from_slice(piece);
        }
        if let Err(error) = file.write_all_at(&bytes, self.length) {
            // Should this fail too, the next append overwrites it, and `open` cuts it off.
            let _ = file.set_len(self.length);
            return Err(error);
        }
        self.length += bytes.len() as u64;
        self.chunks += pieces.len() as u64;
        self.bytes += pieces.iter().map(|(_, piece)| piece.len() as u64).sum::<u64>();
        Ok(())
    }

    /// Makes it durable, and closes the file. The directory is the caller's affair.
    pub fn finish(&mut self) -> io::Result<()> {
        match self.file.take() {
            Some(file) => file.sync_data(),
            None => Ok(()),
        }
    }

    /// Pieces from this sequence number on, as many as fit into `most` bytes, but at least one if
    /// there is one.
    pub fn read(&mut self, from: u64, most: usize) -> io::Result<Vec<Piece>> {
        if from >= self.chunks {
            return Ok(Vec::new());
        }
        let mut reader = BufReader::new(File::open(&self.path)?);
        let (mut sequence, mut offset) = if from < self.cursor.0 { (0, 0) } else { self.cursor };
        reader.seek(SeekFrom::Start(offset))?;
        let mut pieces = Vec::new();
        let mut room = most;
        while sequence < self.chunks {
            let Some((stream, length)) = header(&mut reader)? else { break };
            if sequence < from {
                reader.seek_relative(length as i64)?;
            } else if pieces.is_empty() || length <= room {
                let mut piece = vec![0; length];
                reader.read_exact(&mut piece)?;
                pieces.push((stream, piece));
                room = room.saturating_sub(length);
            } else {
                break;
            }
            sequence += 1;
            offset += (HEADER + length) as u64;
        }
        self.cursor = (sequence, offset);
        Ok(pieces)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The next chunk's header; `None` at the end, or where there is no such thing.
fn header(reader: &mut impl Read) -> io::Result<Option<(OutputStream, usize)>> {
    let mut header = [0; HEADER];
    match reader.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [stream, a, b, c, d] = header;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    let stream = match stream {
        1 => OutputStream::Stdout,
        2 => OutputStream::Stderr,
        _ => return Ok(None),
    };
    Ok((length <= Chunk::MAX_BYTES).then_some((stream, length)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_pieces() -> impl Strategy<Value = Vec<Piece>> {
        let stream = prop_oneof![Just(OutputStream::Stdout), Just(OutputStream::Stderr)];
        prop::collection::vec((stream, prop::collection::vec(any::<u8>(), 1..60)), 1..30)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_read_back_from_anywhere_in_any_order(
            pieces in any_pieces(), starts in prop::collection::vec((0u64..32, 1usize..200), 1..6),
        ) {
            let home = tempfile::tempdir().unwrap();
            let mut spool = Spool::open(home.path().join("job")).unwrap();
            let (first, second) = pieces.split_at(pieces.len() / 2);
            spool.append(first).unwrap();
            spool.append(second).unwrap();
            for (from, most) in starts {
                let read = spool.read(from, most).unwrap();
                let from = usize::try_from(from).unwrap().min(pieces.len());
                prop_assert!(pieces[from..].starts_with(&read));
                prop_assert_eq!(read.is_empty(), from == pieces.len());
                prop_assert!(read.len() == 1 || read.iter().map(|p| p.1.len()).sum::<usize>() <= most);
            }
        }

        #[test]
        fn after_a_crash_whole_pieces_remain(pieces in any_pieces(), cut: prop::sample::Index) {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("job");
            Spool::open(path.clone()).unwrap().append(&pieces).unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            let cut = cut.index(usize::try_from(file.metadata().unwrap().len()).unwrap() + 1);
            file.set_len(cut as u64).unwrap();

            let mut spool = Spool::open(path).unwrap();
            let left = spool.read(0, usize::MAX).unwrap();
            prop_assert!(pieces.starts_with(&left));
            prop_assert_eq!(spool.chunks(), left.len() as u64);
            spool.append(&pieces).unwrap();
            prop_assert_eq!(spool.read(left.len() as u64, usize::MAX).unwrap(), pieces);
        }
    }
}
