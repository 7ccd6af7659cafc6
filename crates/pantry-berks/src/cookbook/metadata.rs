//! A cookbook's metadata, from whichever file has it.

use std::path::{Path, PathBuf};

use pantry_model::cookbook_metadata::OwnedJson;
use pantry_model::{CookbookMetadata, Json};
use pantry_ruby::{FileKind, Files, read_metadata};
use serde_json::value::RawValue;

use super::error::CookbookError;
use super::{files, limits};

const JSON: &str = "metadata.json";
const RUBY: &str = "metadata.rb";

/// The metadata that a cookbook is used with, and whether it is frozen. `metadata.json` comes first:
/// it was made from `metadata.rb` when the cookbook was packed.
pub(super) fn load(folder: &Path) -> Result<(CookbookMetadata, bool), CookbookError> {
    if !folder.is_dir() {
        return Err(CookbookError::NoFolder { folder: folder.to_owned() });
    }
    let downloaded = downloaded(folder)?;
    let is_frozen = downloaded.as_ref().is_some_and(|(_, is_frozen)| *is_frozen);
    for (name, read) in [(JSON, from_json as Read), (RUBY, from_ruby)] {
        let path = folder.join(name);
        if path.is_file() {
            return Ok((read(folder, &path)?, is_frozen));
        }
    }
    downloaded.ok_or_else(|| CookbookError::NoMetadata { folder: folder.to_owned() })
}

/// What `metadata.rb` says today, or what `metadata.json` says if there is none.
pub fn compile(folder: &Path) -> Result<CookbookMetadata, CookbookError> {
    let path = folder.join(RUBY);
    if path.is_file() {
        from_ruby(folder, &path)
    } else {
        load(folder).map(|(metadata, _)| metadata)
    }
}

type Read = fn(&Path, &Path) -> Result<CookbookMetadata, CookbookError>;

fn from_json(_: &Path, path: &Path) -> Result<CookbookMetadata, CookbookError> {
    let wrong = |reason| CookbookError::Metadata { path: path.to_owned(), reason };
    CookbookMetadata::read(&content(path)?).map_err(|error| wrong(error.to_string()))
}

fn from_ruby(folder: &Path, path: &Path) -> Result<CookbookMetadata, CookbookError> {
    let source = String::from_utf8_lossy(&content(path)?).into_owned();
    let root = folder.canonicalize().map_err(CookbookError::unreadable(folder))?;
    let name = root.to_str().ok_or_else(|| CookbookError::NotUtf8 { path: root.clone() })?;
    let read = read_metadata(&path.display().to_string(), &source, name, &Folder { root: &root });
    read.map_err(|error| Box::new(error).into())
}

/// What a server's file store says of a cookbook that it has written here.
fn downloaded(folder: &Path) -> Result<Option<(CookbookMetadata, bool)>, CookbookError> {
    let path = folder.join(files::UPLOADED);
    if !path.is_file() {
        return Ok(None);
    }
    let wrong = |reason: String| CookbookError::Metadata { path: path.clone(), reason };
    let text = content(&path)?;
    let text: &RawValue =
        serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    let json = Json::read(text.get()).ok_or_else(|| wrong("it is nested too deeply".to_owned()))?;
    let Some(inside) = json.get("metadata") else {
        return Err(wrong("it has no `metadata`".to_owned()));
    };
    let mut metadata = CookbookMetadata::of(inside).map_err(|error| wrong(error.to_string()))?;
    if let (None, Some(Json::Text(name))) = (metadata.name(), json.get("cookbook_name")) {
        metadata.set("name", OwnedJson::text(name.to_string()));
    }
    Ok(Some((metadata, json.get("frozen?") == Some(&Json::Plain("true")))))
}

fn content(path: &Path) -> Result<Vec<u8>, CookbookError> {
    let failed = || CookbookError::unreadable(path);
    let limit = limits::METADATA_BYTES;
    if std::fs::metadata(path).map_err(failed())?.len() > limit {
        return Err(CookbookError::Limit { path: path.to_owned(), what: "bytes", limit });
    }
    std::fs::read(path).map_err(failed())
}

/// The folder of a cookbook, out of which no path and no link leads.
struct Folder<'r> {
    /// Without links in it.
    root: &'r PathBuf,
}

impl Folder<'_> {
    /// The place of a path, if it is there and in the folder.
    fn place(&self, path: &str) -> Option<PathBuf> {
        let place = self.root.join(path).canonicalize().ok()?;
        place.starts_with(self.root).then_some(place)
    }
}

impl Files for Folder<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, String> {
        let Some(place) = self.place(path) else {
            let there = self.root.join(path).symlink_metadata().is_ok();
            let why = if there { "it leads out of the cookbook" } else { "it is not there" };
            return Err(why.to_owned());
        };
        let about = std::fs::metadata(&place).map_err(|error| error.to_string())?;
        if !about.is_file() {
            return Err("it is no file".to_owned());
        }
        if about.len() > limit as u64 {
            return Err(format!("it is larger than {limit} bytes"));
        }
        std::fs::read(&place).map_err(|error| error.to_string())
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let about = std::fs::metadata(self.place(path)?).ok()?;
        match (about.is_dir(), about.is_file()) {
            (true, _) => Some(FileKind::Folder),
            (_, true) => Some(FileKind::File),
            _ => None,
        }
    }
}
