//! Reading a file part by part, each on a thread that may wait for the disk.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream;

use crate::error::BlobError;
use crate::reading::Reading;
use crate::workers::Workers;

/// How many bytes are read at once.
const PART: u64 = 128 * 1024;

/// What is left to be read of a file.
struct Open {
    file: File,
    path: PathBuf,
    left: u64,
}

/// Opens a file, and reads the first part.
pub(super) async fn open(
    workers: &Workers,
    path: PathBuf,
    bytes: Range<u64>,
) -> Result<Option<Reading>, BlobError> {
    let size = bytes.end.saturating_sub(bytes.start);
    let first = move || match begin(path, &bytes) {
        Ok(Some(mut open)) => open.part().map(|part| Some((part, open))),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let Some((part, open)) = workers.run(first).await? else { return Ok(None) };
    let workers = workers.clone();
    let parts = stream::try_unfold((Some(part), open), move |(ready, open)| {
        let workers = workers.clone();
        async move {
            if let Some(part) = ready {
                return Ok(Some((part, (None, open))));
            }
            if open.left == 0 {
                return Ok(None);
            }
            let next = move || {
                let mut open = open;
                open.part().map(|part| (part, open))
            };
            let (part, open) = workers.run(next).await?;
            Ok((!part.is_empty()).then_some((part, (None, open))))
        }
    });
    Ok(Some(Reading::new(size, parts)))
}

fn begin(path: PathBuf, bytes: &Range<u64>) -> Result<Option<Open>, BlobError> {
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BlobError::file("read", &path, &error)),
    };
    if bytes.start > 0 {
        let sought = file.seek(SeekFrom::Start(bytes.start));
        sought.map_err(|error| BlobError::file("read", &path, &error))?;
    }
    Ok(Some(Open { file, path, left: bytes.end.saturating_sub(bytes.start) }))
}

impl Open {
    /// The next part; empty where the file ends.
    fn part(&mut self) -> Result<Bytes, BlobError> {
        let wanted = self.left.min(PART);
        let mut part = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
        let read = self.file.by_ref().take(wanted).read_to_end(&mut part);
        let read = read.map_err(|error| BlobError::file("read", &self.path, &error))?;
        self.left -= u64::try_from(read).unwrap_or(u64::MAX).min(self.left);
        Ok(part.into())
    }
}
