//! The files with objects that are to be uploaded.
//!
//! A folder stands for the files in it whose names say that they hold such objects; its own folders
//! are left alone. They are taken in the order of their names, so that two runs say the same.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::document::Document;
use super::kind::Kind;
use crate::environment::Environment;
use crate::errors::CliError;

/// The longest file that is read, in bytes. No Chef server takes as much.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// The files that these paths mean.
pub(super) fn find(
    paths: &[PathBuf],
    kind: Kind<'_>,
    environment: &Environment,
) -> Result<Vec<PathBuf>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        let place = environment.absolute(path);
        if !place.is_dir() {
            found.push(path.clone());
            continue;
        }
        let failed = |source| CliError::File { action: "read", path: path.clone(), source };
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(&place).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let is_one = Path::new(&name).extension().is_some_and(|extension| {
                extension == "json" || extension == "rb" && has_ruby(kind)
            });
            if is_one && place.join(&name).is_file() {
                inside.push(path.join(name));
            }
        }
        if inside.is_empty() {
            return Err(CliError::BadObject {
                path: path.clone(),
                reason: format!("there is no file with a {} in this folder", kind.word()),
            });
        }
        inside.sort_unstable();
        found.extend(inside);
    }
    Ok(found)
}

/// Whether there are files in Ruby of this kind.
fn has_ruby(kind: Kind<'_>) -> bool {
    matches!(kind, Kind::Role | Kind::Environment)
}

/// What is in a file.
pub(super) fn bytes(path: &Path, environment: &Environment) -> Result<Vec<u8>, CliError> {
    let place = environment.absolute(path);
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    if std::fs::metadata(&place).map_err(failed)?.len() > MAX_FILE_BYTES {
        let reason = format!("it is larger than {MAX_FILE_BYTES} bytes");
        return Err(CliError::BadObject { path: path.to_owned(), reason });
    }
    std::fs::read(&place).map_err(failed)
}

/// An object from a file, with its name.
pub(super) fn read(
    path: &Path,
    kind: Kind<'_>,
    environment: &Environment,
) -> Result<(String, Document), CliError> {
    let bad = |reason| CliError::BadObject { path: path.to_owned(), reason };
    let bytes = bytes(path, environment)?;
    let document = match (path.extension().is_some_and(|extension| extension == "rb"), kind) {
        (false, _) => unwrapped(Document::read(&bytes).map_err(bad)?, kind),
        (true, Kind::Role) => ruby(path, &bytes, pantry_ruby::read_role)?,
        (true, Kind::Environment) => ruby(path, &bytes, pantry_ruby::read_environment)?,
        (true, _) => {
            return Err(bad(format!("a {} is written in JSON, not in Ruby", kind.word())));
        }
    };
    let key = kind.name_key();
    match document.text_at(key) {
        Some(name) if !name.is_empty() => Ok((name, document)),
        _ => Err(bad(format!("it has no `{key}`, which names the {}", kind.word()))),
    }
}

/// Reads a file in Ruby: its name, for messages, and its text.
type ReadRuby = fn(&str, &str) -> Result<Map<String, Value>, pantry_ruby::Error>;

/// What a file in Ruby says.
fn ruby(path: &Path, bytes: &[u8], read: ReadRuby) -> Result<Document, CliError> {
    let bad = |reason| CliError::BadObject { path: path.to_owned(), reason };
    let text =
        std::str::from_utf8(bytes).map_err(|error| bad(format!("it is no UTF-8: {error}")))?;
    let object =
        read(&path.display().to_string(), text).map_err(|error| CliError::Ruby(Box::new(error)))?;
    Document::read(Value::Object(object).to_string().as_bytes()).map_err(bad)
}

/// An item without what tools wrap around it.
fn unwrapped(document: Document, kind: Kind<'_>) -> Document {
    if let Kind::Item(_) = kind
        && document.text_at("json_class").as_deref() == Some("Chef::DataBagItem")
        && let Some(inside @ pantry_model::Json::Map(_)) = document.json().get("raw_data")
        && let pantry_model::Json::Map(members) = inside.clone()
    {
        return Document::of(members);
    }
    document
}
