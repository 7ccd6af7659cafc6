//! Folders of cookbooks that tests make.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder with a cookbook in it.
pub(crate) struct Folder {
    inside: TempDir,
}

impl Folder {
    /// One with these files, each with its content.
    pub(crate) fn of<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let folder = Self { inside: tempfile::tempdir().unwrap() };
        std::fs::create_dir(folder.path()).unwrap();
        for (path, content) in files {
            folder.write(path, content);
        }
        folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.inside.path().join("cookbook")
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        std::fs::write(self.place(path), content).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: impl AsRef<Path>) {
        symlink(target, self.place(path)).unwrap();
    }

    fn place(&self, path: &str) -> PathBuf {
        let place = self.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        place
    }
}
