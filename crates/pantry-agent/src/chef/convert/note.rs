//! The note of what was converted: `DATA_DIR/chef/converted.json`.
//!
//! It is written before anything is changed, and says for each name what is Pantry's there, and where
//! what was there before is moved to. It does not say how far it came: what is on the disk does, so
//! that nothing has to be written while names change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pantry_model::commands::chef_convert::Form;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::cut::step;
use super::error::ConvertError;
use crate::data_dir::{remove_if_there, sync_directory, write_durably};

const NAME: &str = "converted.json";

/// What was converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    /// To what.
    pub(super) to: Form,
    /// Where Chef's configuration is.
    pub(super) config_dir: PathBuf,
    /// Whether that folder was made for it.
    pub(super) is_made: bool,
    /// Everything that was written.
    pub(super) items: Vec<Item>,
}

/// Something in that folder that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    /// Its name.
    pub(super) name: String,
    /// What Pantry has written under it, or is about to write.
    pub(super) ours: Vec<Content>,
    /// The name under which something is kept that was there before, and is put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) aside: Option<String>,
}

impl Note {
    /// What the agent with this folder has converted.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, ConvertError> {
        let path = folder.join(NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(ConvertError::io("read", &path))?,
        };
        let note = serde_json::from_slice(&bytes);
        note.map(Some).map_err(|source| ConvertError::BadNote { path, source })
    }

    /// Writes it down, for good.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ConvertError> {
        let path = folder.join(NAME);
        let failed = ConvertError::io("write", &path);
        if let Err(error) = step() {
            return Err(failed(error));
        }
        let written = serde_json::to_vec(self).map_err(io::Error::from).and_then(|bytes| {
            write_durably(folder, NAME, &bytes).map_err(|error| match error {
                crate::data_dir::DataDirError::Io { source, .. } => source,
                other => io::Error::other(other),
            })
        });
        written.map_err(failed)
    }

    /// Nothing is converted any more.
    pub(super) fn remove(folder: &Path) -> Result<(), ConvertError> {
        let path = folder.join(NAME);
        step().map_err(ConvertError::io("remove", &path))?;
        let removed = remove_if_there(&path).and_then(|()| sync_directory(folder));
        removed.map_err(|error| ConvertError::io("remove", &path)(io::Error::other(error)))
    }

    /// What it says of a name.
    pub(super) fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.name == name)
    }
}
