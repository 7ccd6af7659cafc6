//! Where a test keeps file contents: a directory of its own.

use std::sync::Arc;

use anyhow::Result;
use pantry_blobs::{Blobs, Directory};
use pantry_model::Timestamp;
use tempfile::TempDir;

/// Where contents are kept, and the directory, which goes with this.
pub struct TestContents {
    /// Where they are kept.
    pub blobs: Arc<dyn Blobs>,
    /// The directory.
    pub folder: TempDir,
}

/// Opens a directory that nobody has used yet.
pub fn open() -> Result<TestContents> {
    let folder = tempfile::Builder::new().prefix("pantry-blobs-").tempdir()?;
    let blobs = Arc::new(Directory::open(folder.path(), Timestamp(0))?);
    Ok(TestContents { blobs, folder })
}
