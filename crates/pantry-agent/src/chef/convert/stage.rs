//! Writes what is to be in Chef's folder, beside its places and to the disk: from there on it takes
//! only renames.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use pantry_model::content::Sha256;
use sha2::{Digest as _, Sha256 as Hasher};

use super::content::{Content, Listing, names};
use super::cut::step;
use super::error::ConvertError;
use super::parts::{Part, What};

/// What is read and written at once.
const PIECE: usize = 64 * 1024;
/// Folders are for everybody to read, as in Chef's own.
const FOLDER: u32 = 0o755;

/// Everything that is to be, beside its places. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staged {
    folder: PathBuf,
    /// Each by its name.
    pub(super) parts: Vec<(&'static str, Content)>,
}

/// Where something waits for its place.
pub(super) fn waiting(name: &str) -> String {
    format!(".{name}.pantry-new")
}

/// Where a folder waits to be removed, since none can be replaced at once.
pub(super) fn retired(name: &str) -> String {
    format!(".{name}.pantry-old")
}

/// Removes what a conversion that was cut off has left beside the place of this name.
pub(super) fn sweep(folder: &Path, name: &str) -> io::Result<()> {
    remove_all(&folder.join(waiting(name)))?;
    remove_all(&folder.join(retired(name)))
}

/// Removes a file or a folder with all that is in it, if it is there.
pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(looked) if looked.is_dir() => step().and_then(|()| fs::remove_dir_all(path)),
        Ok(_) => step().and_then(|()| fs::remove_file(path)),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

impl Staged {
    /// Writes these.
    pub(super) fn write(folder: &Path, parts: Vec<Part>) -> Result<Self, ConvertError> {
        // From here on there may be something to remove.
        let mut staged = Self { folder: folder.to_owned(), parts: Vec::new() };
        for Part { name, what } in parts {
            let path = folder.join(waiting(name));
            staged.parts.push((name, Content::Folder(Listing::default())));
            let content = match what {
                What::File(bytes, mode) => {
                    let mut source = bytes.as_slice();
                    let written = write(&mut source, &path, mode);
                    Content::File(written.map_err(ConvertError::writing(folder, &path))?)
                }
                What::Copy { from, left_out, secret } => {
                    make(&path).map_err(ConvertError::writing(folder, &path))?;
                    Content::Folder(staged.copy(&from, &path, left_out, secret)?)
                }
            };
            if let Some((_, written)) = staged.parts.last_mut() {
                *written = content;
            }
        }
        sync(folder).map_err(ConvertError::writing(folder, folder))?;
        Ok(staged)
    }

    fn copy(
        &self,
        from: &Path,
        to: &Path,
        left_out: &str,
        secret: &str,
    ) -> Result<Listing, ConvertError> {
        let mut listing = Listing::default();
        let mut left = vec![(String::new(), false)];
        while let Some((folder, is_secret)) = left.pop() {
            for (name, is_folder) in names(&from.join(&folder))? {
                let is_top = folder.is_empty();
                if is_top && name == left_out {
                    continue;
                }
                let path = if is_top { name } else { format!("{folder}/{name}") };
                let is_secret = is_secret || (is_top && path == secret);
                let (source, place) = (from.join(&path), to.join(&path));
                let failed = ConvertError::writing(&self.folder, &place);
                if is_folder {
                    make(&place).map_err(failed)?;
                    left.push((path.clone(), is_secret));
                    listing.folders.insert(path);
                    continue;
                }
                let mut file = File::open(&source).map_err(ConvertError::io("read", &source))?;
                let looked = file.metadata().map_err(ConvertError::io("read", &source))?;
                if !looked.is_file() {
                    return Err(ConvertError::Changed(source));
                }
                let runs = looked.permissions().mode() & 0o100 != 0;
                let mode = match (is_secret, runs) {
                    (true, _) => 0o600,
                    (false, true) => 0o755,
                    (false, false) => 0o644,
                };
                listing.files.insert(path, write(&mut file, &place, mode).map_err(failed)?);
            }
        }
        Ok(listing)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (name, _) in &self.parts {
            // There is nobody to tell; what stays is removed by the next conversion.
            let _ = remove_all(&self.folder.join(waiting(name)));
        }
    }
}

fn make(path: &Path) -> io::Result<()> {
    step()?;
    DirBuilder::new().mode(FOLDER).create(path)?;
    // Whatever the agent's umask is.
    fs::set_permissions(path, Permissions::from_mode(FOLDER))
}

/// Writes a new file, whose permissions are never more than these.
fn write(from: &mut dyn Read, path: &Path, mode: u32) -> io::Result<Sha256> {
    step()?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; PIECE];
    loop {
        let length = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(bytes) = buffer.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        step()?;
        file.write_all(bytes)?;
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    Ok(Sha256(hasher.finalize().into()))
}

/// Brings all that was written to the disk: one call is cheaper than one for each file.
fn sync(folder: &Path) -> io::Result<()> {
    let folder = File::open(folder)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    #[cfg(not(target_os = "linux"))]
    rustix::fs::sync();
    folder.sync_all()
}
