//! Files with secrets: written whole or not at all, for their owner only, and never over another.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) use self::writing::*;

/// Whether others than the owner can read the file, with its permissions as `chmod` writes them.
pub(crate) fn readable_by_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| format!("{:04o}", mode & 0o7777))
}

#[cfg(any(feature = "server", feature = "cli"))]
mod writing {
    use std::fs::{self, File, OpenOptions};
    use std::io::{self, Write};
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    use std::path::{Path, PathBuf};

    /// Writes a new file of mode 0600, on disk when this returns.
    ///
    /// It is written under another name beside its place and then linked there, which fails if the
    /// name is taken, so nobody ever sees half a key and no key is ever lost to a second one.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if there is something of that name.
    pub(crate) fn write_new_secret(path: &Path, contents: &str) -> io::Result<()> {
        let directory = directory_of(path);
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let temporary = directory.join(format!(".{name}.{}", std::process::id()));
        let written =
            write_whole(&temporary, contents).and_then(|()| fs::hard_link(&temporary, path));
        let removed = fs::remove_file(&temporary);
        written.and(removed).and_then(|()| File::open(&directory)?.sync_all())
    }

    /// Writes a file of mode 0600 in the place of the one of that name, if there is one; nobody ever
    /// sees half of it.
    #[cfg(feature = "cli")]
    pub(crate) fn replace_secret(path: &Path, contents: &str) -> io::Result<()> {
        let directory = directory_of(path);
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let temporary = directory.join(format!(".{name}.{}", std::process::id()));
        write_whole(&temporary, contents)
            .and_then(|()| fs::rename(&temporary, path))
            .and_then(|()| File::open(&directory)?.sync_all())
    }

    fn write_whole(path: &Path, contents: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(contents.as_bytes())?;
        file.sync_all()
    }

    fn directory_of(path: &Path) -> PathBuf {
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    /// Makes a directory, and those above it, that only its owner can enter. One that is there
    /// already is left as it is.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "first start writes key files"))]
    pub(crate) fn make_private_directory(path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(any(feature = "server", feature = "cli"))]
    fn a_secret_is_for_its_owner_and_never_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.yml");
        write_new_secret(&path, "first").unwrap();
        assert_eq!(readable_by_others(&path), None);
        let error = write_new_secret(&path, "second").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        let names: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left behind: {names:?}");
    }

    #[test]
    fn a_key_that_others_can_read_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.yml");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(readable_by_others(&path).as_deref(), Some("0644"));
    }
}
