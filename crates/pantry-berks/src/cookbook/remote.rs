//! A cookbook as a server shows it: its manifest, with links to its files.
//!
//! A server need not mean well. What it calls its files are paths on our disk, so one that could lead
//! anywhere else is refused, not repaired.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pantry_model::chef::cookbook::SEGMENTS;
use pantry_model::{CookbookMetadata, Json, Md5};
use serde_json::value::RawValue;

use super::limits;

/// A manifest as it comes, in either form.
#[derive(Clone, Debug)]
pub struct RemoteCookbook {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether nobody may replace it.
    pub is_frozen: bool,
    /// Its metadata.
    pub metadata: CookbookMetadata,
    /// Its files, in the order of their paths.
    pub files: Vec<RemoteFile>,
}

/// One of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path in the cookbook: `recipes/default.rb`.
    pub path: String,
    /// Its MD5.
    pub md5: Md5,
    /// The link to it.
    pub link: String,
}

/// A document that is not taken for a cookbook.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCookbook {
    /// It is no JSON, or not that of a cookbook.
    #[error("it is no cookbook: {0}")]
    Document(String),
    /// A path leads, or could lead, elsewhere.
    #[error("its file `{path}` cannot be written: {reason}")]
    Path {
        /// The path, or its beginning.
        path: String,
        /// Why not.
        reason: &'static str,
    },
    /// There are too many.
    #[error("it has more than {limit} files, the most that are taken")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl RemoteCookbook {
    /// Reads a manifest.
    pub fn read(document: &[u8]) -> Result<Self, InvalidCookbook> {
        let wrong = |reason: &str| InvalidCookbook::Document(reason.to_owned());
        let text: &RawValue =
            serde_json::from_slice(document).map_err(|error| wrong(&error.to_string()))?;
        let json = Json::read(text.get()).ok_or_else(|| wrong("it is nested too deeply"))?;
        let said = |key: &str| json.get(key).and_then(as_text);
        let metadata = json.get("metadata").ok_or_else(|| wrong("it has no `metadata`"))?;
        let metadata = CookbookMetadata::of(metadata)
            .map_err(|error| wrong(&format!("its metadata: {error}")))?;
        let name = said("cookbook_name").or_else(|| metadata.name()).or_else(|| said("name"));
        let name = name.ok_or_else(|| wrong("it has no name"))?.to_owned();
        let version = said("version").unwrap_or(metadata.version()).to_owned();
        let is_frozen = json.get("frozen?") == Some(&Json::Plain("true"));
        let mut files = Vec::new();
        for key in SEGMENTS.iter().chain(&["all_files"]) {
            let Some(Json::List(entries)) = json.get(key) else { continue };
            for entry in entries {
                files.push(file(entry)?);
                if files.len() > limits::FILES {
                    return Err(InvalidCookbook::TooMany { limit: limits::FILES });
                }
            }
        }
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        check(&files)?;
        Ok(Self { name, version, is_frozen, metadata, files })
    }

    /// The folders that its files are in, below its own, each after the one that it is in.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let above = |file: &RemoteFile| {
            let ends = file.path.match_indices('/').map(|(at, _)| at);
            ends.filter_map(|at| file.path.get(..at)).map(PathBuf::from).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(above).collect()
    }
}

fn as_text<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

fn file(entry: &Json<'_>) -> Result<RemoteFile, InvalidCookbook> {
    let said = |key: &str| {
        let missing = || InvalidCookbook::Document(format!("a file of it has no `{key}`"));
        entry.get(key).and_then(as_text).ok_or_else(missing)
    };
    let path = said("path")?;
    if let Some(reason) = wrong(path) {
        let path = path.chars().take(80).collect();
        return Err(InvalidCookbook::Path { path, reason });
    }
    let md5 = said("checksum")?.parse();
    let md5 = md5.map_err(|error: pantry_model::names::InvalidName| {
        InvalidCookbook::Document(format!("the checksum of {path}: {error}"))
    })?;
    Ok(RemoteFile { path: path.to_owned(), md5, link: said("url")?.to_owned() })
}

/// Why nothing is written to a path.
pub(super) fn wrong(path: &str) -> Option<&'static str> {
    if path.len() > limits::PATH_BYTES {
        return Some("its path is too long");
    }
    if path.contains(['\0', '\\']) {
        return Some("there are signs in its path that no path of a cookbook has");
    }
    if path.starts_with('/') {
        return Some("its path is absolute");
    }
    let names: Vec<_> = path.split('/').collect();
    if names.len() > limits::DEPTH {
        return Some("it is in too many folders");
    }
    names.iter().find_map(|name| match *name {
        ".." => Some("its path leads out of the cookbook"),
        "" | "." => Some("a name in its path is none"),
        name if name.len() > limits::NAME_BYTES => Some("a name in its path is too long"),
        _ => None,
    })
}

/// Sees to it that each path is there once, and none is a file and a folder. The files are sorted.
fn check(files: &[RemoteFile]) -> Result<(), InvalidCookbook> {
    let mut paths = BTreeSet::new();
    for RemoteFile { path, .. } in files {
        let refused = |reason| InvalidCookbook::Path { path: path.clone(), reason };
        if !paths.insert(path.as_str()) {
            return Err(refused("it is there twice"));
        }
        let mut above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        if above.any(|folder| paths.contains(folder)) {
            return Err(refused("what it is in is a file"));
        }
    }
    Ok(())
}
