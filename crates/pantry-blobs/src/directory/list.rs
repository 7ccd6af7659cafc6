//! Walking through a directory of contents, in their order.

use std::fs;
use std::io;
use std::path::Path;

use pantry_model::Sha256;

use super::layout::written;
use crate::blobs::Kept;
use crate::error::BlobError;

/// The next contents after one. What is no content is passed over.
pub(super) fn list(
    root: &Path,
    after: Option<Sha256>,
    limit: usize,
) -> Result<Vec<Kept>, BlobError> {
    let after = after.map(|sha256| sha256.to_string()).unwrap_or_default();
    let (first, second) = (after.get(..2).unwrap_or_default(), after.get(..4).unwrap_or_default());
    let mut found = Vec::new();
    for one in names(root, 2, first)? {
        let below = root.join(&one);
        let from = if one == first { second.get(2..).unwrap_or_default() } else { "" };
        for other in names(&below, 2, from)? {
            let directory = below.join(&other);
            for name in names(&directory, 64, "")? {
                if found.len() == limit {
                    return Ok(found);
                }
                let is_in_place = name.starts_with(&one) && name.get(2..4) == Some(&other);
                if name > after && is_in_place {
                    found.extend(look(&directory.join(&name), &name)?);
                }
            }
        }
    }
    Ok(found)
}

fn look(path: &Path, name: &str) -> Result<Option<Kept>, BlobError> {
    let Ok(sha256) = name.parse() else { return Ok(None) };
    match fs::metadata(path) {
        Ok(file) => Ok(Some(Kept { sha256, size: file.len(), since: written(&file) })),
        // It has just been deleted.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BlobError::file("looked at", path, &error)),
    }
}

/// The names in a directory that are this long, are hexadecimal digits, and do not come before
/// `from`, in order.
fn names(directory: &Path, length: usize, from: &str) -> Result<Vec<String>, BlobError> {
    let failed = |error: io::Error| BlobError::file("read", directory, &error);
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry.map_err(failed)?.file_name().into_string()
            && name.len() == length
            && name.bytes().all(is_digit)
            && *name >= *from
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}
