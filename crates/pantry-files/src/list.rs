//! What is at a path, as `ls -l` would say it.

use std::path::Path;

use pantry_model::commands::file::Listed;

use crate::error::FilesError;
use crate::folder::{Folder, Kind, Seen};
use crate::owners::Owners;

/// What is at a resolved path: of a folder all that is in it, by name. `shown` is how the path was
/// said, and `most` how many things there may be.
pub fn list(
    shown: &Path,
    path: &Path,
    most: usize,
    owners: &mut Owners,
) -> Result<Vec<Listed>, FilesError> {
    let Some(name) = path.file_name() else {
        return inside(&Folder::open(path)?, shown, most, owners);
    };
    let parent = Folder::of(path)?;
    let seen = match parent.look(name)? {
        Some(seen) => seen,
        None => return Err(FilesError::Missing(path.to_owned())),
    };
    if seen.kind == Kind::Folder {
        return inside(&parent.enter(name)?, shown, most, owners);
    }
    Ok(vec![listed(&parent, name.as_ref(), shown, seen, owners)?])
}

fn inside(
    folder: &Folder,
    shown: &Path,
    most: usize,
    owners: &mut Owners,
) -> Result<Vec<Listed>, FilesError> {
    let mut names = folder.names()?;
    if names.len() > most {
        return Err(FilesError::TooMany(most));
    }
    names.sort_unstable();
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        use std::os::unix::ffi::OsStrExt as _;
        let name: &std::ffi::OsStr = std::ffi::OsStr::from_bytes(&name);
        // It may be gone by now.
        if let Some(seen) = folder.look(name)? {
            all.push(listed(folder, name.as_ref(), &shown.join(name), seen, owners)?);
        }
    }
    Ok(all)
}

fn listed(
    folder: &Folder,
    name: &Path,
    shown: &Path,
    seen: Seen,
    owners: &mut Owners,
) -> Result<Listed, FilesError> {
    let (kind, target) = match seen.kind {
        Kind::File => ("file", None),
        Kind::Folder => ("folder", None),
        Kind::Link => ("link", Some(folder.read_link(name.as_os_str())?)),
        Kind::Other => ("other", None),
    };
    Ok(Listed {
        path: shown.to_string_lossy().into_owned(),
        kind: kind.to_owned(),
        mode: seen.mode,
        owner: owners.user_name(seen.owner),
        group: owners.group_name(seen.group),
        size: seen.size,
        modified: seen.modified,
        target: target.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    })
}
