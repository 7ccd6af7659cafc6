//! What is known of the files of a repository, so that they need not be read.
//!
//! A file counts as what the index says if it still is the same inode with the same length and
//! times. Two doubts remain and are met: a file that was changed within the same tick of the file
//! system's clock as the index was written looks unchanged, so what is that young is read; and after
//! a restart of the machine, which may have been a crash with files that never reached the disk,
//! everything is.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use pantry_model::content::Sha256;
use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

use crate::data_dir::private;

/// More than a tick of any file system's clock that is worth running on, in nanoseconds.
const TICK: i64 = 20_000_000;

/// How a file looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Look(u64, u64, i64, i64, u32);

impl Look {
    pub(super) fn of(stat: &Stat) -> Self {
        // The types of these fields differ from platform to platform.
        #[allow(clippy::unnecessary_cast, reason = "not everywhere")]
        Self(
            stat.st_ino as u64,
            stat.st_size as u64,
            nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            stat.st_mode as u32,
        )
    }

    fn changed_at(&self) -> i64 {
        self.3
    }
}

/// What a file held, and how it looked then.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) sha256: Sha256,
    pub(super) look: Look,
}

/// The index, by path from the repository's top.
#[derive(Debug, Default)]
pub(super) struct Index {
    files: HashMap<String, Known>,
    /// From when on what changed must be read; everything, if none.
    doubtful_from: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    boot: String,
    files: HashMap<String, Known>,
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
}

/// Which start of the machine this is.
fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

impl Index {
    /// Reads the one at this path; one that is missing or damaged knows nothing.
    pub(super) fn load(path: &Path) -> Self {
        let read = || -> Option<Self> {
            let bytes = fs::read(path).ok()?;
            let metadata = fs::symlink_metadata(path).ok()?;
            let Written { boot: written_in, files } = serde_json::from_slice(&bytes).ok()?;
            let boot = boot();
            let at = nanoseconds(metadata.mtime(), metadata.mtime_nsec());
            let is_same = !boot.is_empty() && boot == written_in;
            Some(Self { files, doubtful_from: is_same.then_some(at.saturating_sub(TICK)) })
        };
        read().unwrap_or_default()
    }

    /// What is known of the file at this path if it still looks as it did, and whether that may be
    /// believed without reading it.
    pub(super) fn known(&self, path: &str, look: &Look) -> Option<(Known, bool)> {
        let known = self.files.get(path).filter(|known| known.look == *look)?;
        let sure = self.doubtful_from.is_some_and(|from| look.changed_at() < from);
        Some((*known, sure))
    }

    /// Replaces the one at this path.
    pub(super) fn save(path: &Path, files: HashMap<String, Known>) -> io::Result<()> {
        let text = serde_json::to_vec(&Written { boot: boot(), files })?;
        let new = path.with_extension("index.new");
        let mut file = private().truncate(true).open(&new)?;
        file.write_all(&text)?;
        fs::rename(&new, path)
    }
}
