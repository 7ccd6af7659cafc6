//! Which files belong to a cookbook.
//!
//! All that are in its folder, also hidden ones, but not what is in hidden folders at the top (`.git`
//! above all), and not what a chefignore leaves out. Links to files are followed, links to folders are
//! not, and what says where the folder was downloaded from stays.

use std::path::{Path, PathBuf};

use super::chefignore::Chefignore;
use super::error::CookbookError;
use super::limits;

/// What a server's file store keeps of its own in the folder.
pub(super) const UPLOADED: &str = ".uploaded-cookbook-version.json";

/// The paths of a cookbook's files, sorted, each with its place.
pub(super) fn find(
    folder: &Path,
    ignored: &Chefignore,
) -> Result<Vec<(String, PathBuf)>, CookbookError> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), folder.to_owned(), 0)];
    while let Some((prefix, place, depth)) = waiting.pop() {
        if depth > limits::DEPTH {
            let limit = limits::DEPTH as u64;
            return Err(CookbookError::Limit {
                path: place,
                what: "folders inside each other",
                limit,
            });
        }
        let entries = std::fs::read_dir(&place).map_err(CookbookError::unreadable(&place))?;
        for entry in entries {
            let entry = entry.map_err(CookbookError::unreadable(&place))?;
            let (name, place) = (entry.file_name(), entry.path());
            let kind = entry.file_type().map_err(CookbookError::unreadable(&place))?;
            let name =
                name.to_str().ok_or_else(|| CookbookError::NotUtf8 { path: place.clone() })?;
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                if depth > 0 || !name.starts_with('.') {
                    waiting.push((format!("{path}/"), place, depth + 1));
                }
            } else if name != UPLOADED && !ignored.leaves_out(&path) && place.is_file() {
                found.push((path, place));
            }
            if found.len() > limits::FILES {
                let (path, limit) = (folder.to_owned(), limits::FILES as u64);
                return Err(CookbookError::Limit { path, what: "files", limit });
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
