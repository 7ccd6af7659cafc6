//! The machine's own say in which files are carried: `commands.files` and `client.pull_limit` of its
//! `client.yml`.

use std::path::PathBuf;

use pantry_files::Places;

/// Which files may be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// Only what is below these folders; everything, if there are none.
    pub folders: Vec<PathBuf>,
    /// How many bytes of files one job may send.
    pub pull_limit: u64,
}

impl Default for FileRules {
    fn default() -> Self {
        Self { folders: Vec::new(), pull_limit: Self::PULL_LIMIT }
    }
}

impl FileRules {
    /// The default of [`FileRules::pull_limit`].
    pub const PULL_LIMIT: u64 = 10 * 1024 * 1024 * 1024;

    /// The places that are open.
    pub(crate) fn places(&self) -> Places {
        Places(self.folders.clone())
    }
}
