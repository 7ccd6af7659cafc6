//! Where files of a push arrive, and what is left of one whose agent was killed.
//!
//! Each push has a folder of its own in the data directory, with a note of where files wait for their
//! names. An agent that starts finds those that nobody has ended, and takes away what they have left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pantry_files::clean_up as clean_up_after;
use pantry_model::JobId;
use pantry_wire::files::Contents;

/// The folder of a push. It is deleted with this.
pub(super) struct Underway {
    folder: PathBuf,
    pub(super) contents: Contents,
}

impl Underway {
    pub(super) fn begin(data_dir: &Path, job: JobId) -> io::Result<Self> {
        let folder = data_dir.join("pushes").join(job.to_string());
        let contents = Contents::open(folder.join("contents"))?;
        Ok(Self { folder, contents })
    }

    /// Where it is noted where files wait.
    pub(super) fn note(&self) -> PathBuf {
        note(&self.folder)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "cannot remove what is over");
        }
    }
}

fn note(folder: &Path) -> PathBuf {
    folder.join("waiting")
}

/// Takes away what pushes have left that nobody has ended.
pub(crate) fn clean_up(data_dir: &Path) {
    let Ok(left) = fs::read_dir(data_dir.join("pushes")) else { return };
    for folder in left.filter_map(|entry| Some(entry.ok()?.path())) {
        clean_up_after(&note(&folder));
        if let Err(error) = fs::remove_dir_all(&folder) {
            tracing::warn!(%error, folder = %folder.display(), "cannot remove what is over");
        }
    }
}
