//! Where a path really leads, and whether files may be touched there.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::error::FilesError;

/// Where a path leads: without links, and without `..`. What is not there yet is kept as it stands.
pub fn resolve(path: &Path) -> Result<PathBuf, FilesError> {
    if !path.is_absolute() {
        return Err(FilesError::NotAbsolute(path.to_owned()));
    }
    for there in path.ancestors() {
        match fs::canonicalize(there) {
            Ok(mut real) => {
                let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
                if rest.components().any(|it| !matches!(it, Component::Normal(_))) {
                    return Err(FilesError::Missing(there.to_owned()));
                }
                if rest.as_os_str().is_empty() {
                    return Ok(real);
                }
                if !real.is_dir() {
                    return Err(FilesError::NotFolder(there.to_owned()));
                }
                real.extend(rest);
                return Ok(real);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if there.symlink_metadata().is_ok() {
                    return Err(FilesError::Dangling(there.to_owned()));
                }
            }
            // Something above it is no folder, and is found next.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(error) => return Err(FilesError::io("find", there)(error)),
        }
    }
    Err(FilesError::NotAbsolute(path.to_owned()))
}

/// The folders below which files may be touched; everywhere, if there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(pub Vec<PathBuf>);

impl Places {
    /// Whether a resolved path is one of them, or below one.
    pub fn hold(&self, path: &Path) -> bool {
        self.0.is_empty() || self.real().any(|place| path.starts_with(place))
    }

    /// Whether a resolved path is below one of them.
    pub fn hold_below(&self, path: &Path) -> bool {
        self.0.is_empty() || self.real().any(|place| path != place && path.starts_with(&place))
    }

    /// They may be links themselves; one that is not there yet holds what will be in it.
    fn real(&self) -> impl Iterator<Item = PathBuf> {
        self.0.iter().filter_map(|place| resolve(place).ok())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_and_dots_are_no_way_around() {
        let home = tempfile::tempdir().unwrap();
        let top = home.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("srv/www")).unwrap();
        fs::create_dir(top.join("etc")).unwrap();
        symlink("../../etc", top.join("srv/www/out")).unwrap();
        symlink("nowhere", top.join("srv/dangling")).unwrap();
        fs::write(top.join("file"), "").unwrap();
        let places = Places(vec![top.join("srv/www")]);
        for (path, held) in [
            ("srv/www", true),
            ("srv/www/new/deep", true),
            ("srv/www/out", false),
            ("srv/www/out/passwd", false),
            ("srv/www/../x", false),
            ("srv/www2", false),
            ("etc", false),
        ] {
            let real = resolve(&top.join(path)).unwrap();
            assert_eq!(places.hold(&real), held, "{path} -> {}", real.display());
        }
        assert!(!places.hold_below(&top.join("srv/www")));
        assert!(matches!(resolve(&top.join("srv/dangling/x")), Err(FilesError::Dangling(_))));
        assert!(matches!(resolve(&top.join("file/x")), Err(FilesError::NotFolder(_))));
        assert!(resolve(&top.join("no/../../x")).is_err());
        assert!(resolve(Path::new("x")).is_err());
        assert!(Places::default().hold(Path::new("/anything")));
    }
}
