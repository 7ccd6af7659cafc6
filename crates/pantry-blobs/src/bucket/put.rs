//! Putting a content into a bucket: at once while it is small, else in parts.

use std::fs::File;
use std::io::Read as _;

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStoreExt as _};

use crate::error::BlobError;
use crate::spool::{Aside, Received};
use crate::workers::Workers;

/// How many bytes are sent at once. S3 wants at least 5 MiB of each part but the last, and no more
/// than 10,000 parts.
const PART: u64 = 8 * 1024 * 1024;

/// For a content that is so large that it would have too many parts, they are larger.
const MOST_PARTS: u64 = 9_000;

/// Why it failed.
pub(super) enum PutError {
    Store(object_store::Error),
    File(BlobError),
}

impl From<object_store::Error> for PutError {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

pub(super) async fn put(
    store: &AmazonS3,
    workers: &Workers,
    key: &Key,
    received: &Received,
) -> Result<(), PutError> {
    let path = match &received.bytes {
        Aside::Memory(bytes) => {
            store.put(key, bytes.clone().into()).await?;
            return Ok(());
        }
        Aside::File(path) => path.to_path_buf(),
    };
    let part = PART.max(received.content().size.div_ceil(MOST_PARTS));
    let open = move || {
        let file = File::open(&path).map_err(|error| BlobError::file("read", &path, &error))?;
        next(file, part)
    };
    let (first, file) = workers.run(open).await.map_err(PutError::File)?;
    if u64::try_from(first.len()).unwrap_or(u64::MAX) < part {
        store.put(key, first.into()).await?;
        return Ok(());
    }
    let mut upload = store.put_multipart(key).await?;
    let sent = in_parts(&mut *upload, workers, first, file, part).await;
    if sent.is_err() {
        // If that fails as well, the bucket's own rules take away what is left.
        let _ = upload.abort().await;
    }
    sent
}

async fn in_parts(
    upload: &mut dyn MultipartUpload,
    workers: &Workers,
    mut bytes: Bytes,
    mut file: File,
    part: u64,
) -> Result<(), PutError> {
    while !bytes.is_empty() {
        upload.put_part(bytes.into()).await?;
        (bytes, file) = workers.run(move || next(file, part)).await.map_err(PutError::File)?;
    }
    upload.complete().await?;
    Ok(())
}

/// The next part of a file.
fn next(mut file: File, part: u64) -> Result<(Bytes, File), BlobError> {
    let mut bytes = Vec::new();
    let read = file.by_ref().take(part).read_to_end(&mut bytes);
    read.map_err(|error| {
        BlobError::Unavailable(format!("what was received cannot be read again: {error}"))
    })?;
    Ok((bytes.into(), file))
}
