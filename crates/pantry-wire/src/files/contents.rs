//! A folder of contents by SHA-256, `ab/ab…` each, and of those on their way, in `incoming`.
//!
//! It is a cache: nothing here is synced, and whoever reads a content for its purpose looks whether it
//! is what it is called. A content appears under its name only when it was found right.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pantry_model::Sha256;
use pantry_model::protocol::files::Source;
use sha2::Digest as _;

use super::arriving::Arriving;
use super::client::{FileClient, FileError};

/// A folder of contents.
#[derive(Clone, Debug)]
pub struct Contents {
    path: PathBuf,
}

impl Contents {
    /// Opens the folder, which is made if it is not there; only its owner can look into it.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        make_folder(&path.join("incoming"))?;
        Ok(Self { path })
    }

    /// Where a content is, or would be.
    pub fn path(&self, of: &Sha256) -> PathBuf {
        let name = of.to_string();
        self.path.join(name.get(..2).unwrap_or_default()).join(&name)
    }

    /// Where a content is while it arrives.
    pub(super) fn incoming(&self, of: &Sha256) -> PathBuf {
        self.path.join("incoming").join(of.to_string())
    }

    /// Whether a content of this length is there. It may be damaged.
    pub fn has(&self, of: &Sha256, size: u64) -> bool {
        fs::symlink_metadata(self.path(of)).is_ok_and(|it| it.is_file() && it.len() == size)
    }

    /// Fetches those of these contents that are not there, each with its length in bytes. `progress` hears
    /// of bytes as they arrive.
    pub async fn fetch(
        &self,
        client: &FileClient,
        from: Source,
        contents: &[(Sha256, u64)],
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), FileError> {
        let mut lacked: Vec<(Sha256, u64)> =
            contents.iter().filter(|(sha256, size)| !self.has(sha256, *size)).copied().collect();
        lacked.sort_unstable();
        lacked.dedup();
        if lacked.is_empty() {
            return Ok(());
        }
        // What is left of an earlier attempt may be wrong, which is seen at its end: then it comes whole.
        for is_last in [false, true] {
            let mut sink = Arriving::start(self.clone(), lacked.clone(), progress)?;
            client.fetch(from.clone(), &lacked, &mut sink).await?;
            let wrong = sink.finish().await?;
            if wrong.is_empty() {
                return Ok(());
            }
            if is_last {
                let which =
                    wrong.first().map_or_else(String::new, |(sha256, _)| sha256.to_string());
                let what = format!("what was sent as {which} has another SHA-256");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what).into());
            }
            lacked = wrong;
        }
        Ok(())
    }

    /// Reads a small content, of at most so many bytes; `None` if it is not there. One that is not what it
    /// is called is deleted, and is not there.
    pub fn read(&self, of: &Sha256, most: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.path(of)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
            let what = format!("the content {of} is longer than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        if sha2::Sha256::digest(&bytes)[..] == of.0 {
            return Ok(Some(bytes));
        }
        self.forget(of)?;
        Ok(None)
    }

    /// Deletes a content, if it is there.
    pub fn forget(&self, of: &Sha256) -> io::Result<()> {
        match fs::remove_file(self.path(of)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes those that were not asked for for the longest time, until the rest has at most so many
    /// bytes, but none that `keep` wants. Answers how many bytes there are then.
    pub fn trim(&self, most_bytes: u64, keep: &dyn Fn(&Sha256) -> bool) -> io::Result<u64> {
        let mut found = Vec::new();
        for folder in fs::read_dir(&self.path)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let Ok(metadata) = file.metadata() else { continue };
                if metadata.is_file() {
                    found.push((metadata.modified()?, metadata.len(), file.path()));
                }
            }
        }
        let mut bytes: u64 = found.iter().map(|(_, length, _)| length).sum();
        found.sort_unstable_by_key(|(modified, ..)| *modified);
        for (_, length, path) in found {
            if bytes <= most_bytes {
                break;
            }
            let of = path.file_name().and_then(|name| name.to_str()?.parse().ok());
            if of.is_some_and(|of| keep(&of)) {
                continue;
            }
            fs::remove_file(&path)?;
            bytes = bytes.saturating_sub(length);
        }
        Ok(bytes)
    }

    /// Remembers that a content was used at this time: [`Contents::trim`] takes it later.
    pub fn used(&self, of: &Sha256, at: SystemTime) -> io::Result<()> {
        File::options().append(true).open(self.path(of))?.set_modified(at)
    }
}

/// Makes a folder and those above it, for their owner only.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
