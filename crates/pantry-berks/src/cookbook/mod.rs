//! A cookbook in its folder.

mod archive;
mod checksum;
mod chefignore;
mod error;
mod files;
mod fnmatch;
mod identifier;
pub mod limits;
mod manifest;
mod metadata;
mod remote;

use std::path::{Path, PathBuf};

use pantry_model::{CookbookMetadata, CookbookName, Md5};

pub use archive::{InvalidArchive, TakeFile, read_archive, unpack};
pub use chefignore::Chefignore;
pub use error::CookbookError;
pub use manifest::{Manifest, Naming};
pub use metadata::compile;
pub use remote::{InvalidCookbook, RemoteCookbook, RemoteFile};

/// A cookbook as it was found in its folder.
#[derive(Clone, Debug)]
pub struct Cookbook {
    /// The folder.
    pub folder: PathBuf,
    /// Its name, as its metadata says it.
    pub name: CookbookName,
    /// Its metadata, with the recipes that there are.
    pub metadata: CookbookMetadata,
    /// Its files, in the order of their paths.
    pub files: Vec<CookbookFile>,
    /// Whether it was frozen on the server that it was downloaded from.
    pub is_frozen: bool,
}

/// One of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookbookFile {
    /// Its path in the cookbook, with `/` between names: `recipes/default.rb`.
    pub path: String,
    /// Where it is.
    pub place: PathBuf,
    /// Its MD5.
    pub md5: Md5,
    /// Its length in bytes.
    pub size: u64,
}

impl Cookbook {
    /// Reads the cookbook in a folder: all of it, and its metadata from `metadata.json` if there is
    /// one, else from `metadata.rb`.
    pub fn load(folder: &Path) -> Result<Self, CookbookError> {
        let (metadata, is_frozen) = metadata::load(folder)?;
        let ignored = Chefignore::near(folder)?;
        let paths = files::find(folder, &ignored)?;
        let files = checksum::all(folder, paths)?;
        Self::new(folder, metadata, files, is_frozen)
    }

    /// Reads the files of a cookbook that a server has given, with the metadata that it has said.
    pub fn load_as(folder: &Path, metadata: CookbookMetadata) -> Result<Self, CookbookError> {
        let paths = files::find(folder, &Chefignore::near(folder)?)?;
        let files = checksum::all(folder, paths)?;
        Self::new(folder, metadata, files, false)
    }

    fn new(
        folder: &Path,
        mut metadata: CookbookMetadata,
        files: Vec<CookbookFile>,
        is_frozen: bool,
    ) -> Result<Self, CookbookError> {
        let wrong = |reason| CookbookError::Wrong { folder: folder.to_owned(), reason };
        let Some(name) = metadata.name() else {
            return Err(CookbookError::NoName { folder: folder.to_owned() });
        };
        let name: CookbookName = name
            .parse()
            .map_err(|error: pantry_model::names::InvalidName| wrong(error.to_string()))?;
        let recipes = files.iter().filter_map(|file| recipe(&name, &file.path)).collect::<Vec<_>>();
        metadata.provide(recipes);
        Ok(Self { folder: folder.to_owned(), name, metadata, files, is_frozen })
    }

    /// Its version, as its metadata says it.
    pub fn version(&self) -> &str {
        self.metadata.version()
    }

    /// How it is called in messages.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version())
    }
}

/// The recipe that a file is, as a run list names it.
fn recipe(cookbook: &CookbookName, path: &str) -> Option<String> {
    let name = path.strip_prefix("recipes/")?;
    // As in the manifest, folders below are not part of the name.
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.strip_suffix(".rb").unwrap_or(file) {
        "default" => Some(cookbook.to_string()),
        name => Some(format!("{cookbook}::{name}")),
    }
}
