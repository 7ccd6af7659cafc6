//! What was written under a name, so that it is known again, or that somebody has changed it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use pantry_model::content::Sha256;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256 as Hasher};

use super::error::ConvertError;

/// What is read at once.
const PIECE: usize = 64 * 1024;

/// What is under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    /// A file with this content.
    File(Sha256),
    /// A folder.
    Folder(Listing),
}

/// What is in a folder, by its path from there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listing {
    /// Files.
    pub(super) files: BTreeMap<String, Sha256>,
    /// Folders.
    pub(super) folders: BTreeSet<String>,
}

impl Content {
    /// Where what is there first differs from this: the path from there, empty for itself. `None` if it
    /// is just this. It must be there.
    pub(super) fn difference(&self, path: &Path) -> Result<Option<String>, ConvertError> {
        let itself = || Ok(Some(String::new()));
        let looked = fs::symlink_metadata(path).map_err(ConvertError::io("look at", path))?;
        match self {
            Self::File(_) if !looked.is_file() => itself(),
            Self::File(sha256) if hash(path)? != Some(*sha256) => itself(),
            Self::Folder(_) if !looked.is_dir() => itself(),
            Self::File(_) => Ok(None),
            Self::Folder(listing) => listing.difference(path),
        }
    }
}

impl Listing {
    fn difference(&self, top: &Path) -> Result<Option<String>, ConvertError> {
        let mut seen = 0;
        let mut left = vec![String::new()];
        while let Some(folder) = left.pop() {
            for (name, is_folder) in names(&top.join(&folder))? {
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let known = match is_folder {
                    true => self.folders.contains(&path),
                    false => match self.files.get(&path) {
                        Some(sha256) => hash(&top.join(&path))? == Some(*sha256),
                        None => false,
                    },
                };
                if !known {
                    return Ok(Some(path));
                }
                seen += 1;
                if is_folder {
                    left.push(path);
                }
            }
        }
        if seen == self.files.len() + self.folders.len() {
            return Ok(None);
        }
        // Something is gone.
        let all = self.files.keys().chain(&self.folders);
        let gone = all.into_iter().find(|path| top.join(path).symlink_metadata().is_err());
        Ok(Some(gone.cloned().unwrap_or_default()))
    }
}

/// What is in a folder, and whether it is a folder itself, in the order of the names.
pub(super) fn names(folder: &Path) -> Result<Vec<(String, bool)>, ConvertError> {
    let failed = || ConvertError::io("list", folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let is_folder = entry.file_type().map_err(failed())?.is_dir();
        // What is no text is nothing that Pantry has written.
        names.push((entry.file_name().to_string_lossy().into_owned(), is_folder));
    }
    names.sort();
    Ok(names)
}

/// The SHA-256 of a file; `None` if it is none.
fn hash(path: &Path) -> Result<Option<Sha256>, ConvertError> {
    let failed = || ConvertError::io("read", path);
    let looked = match fs::symlink_metadata(path) {
        // Its name is no text.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        looked => looked.map_err(failed())?,
    };
    if !looked.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(failed())?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; PIECE];
    loop {
        let length = file.read(&mut buffer).map_err(failed())?;
        match buffer.get(..length).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => hasher.update(bytes),
            None => return Ok(Some(Sha256(hasher.finalize().into()))),
        }
    }
}
