//! What a repository is to hold, as folders in folders.

use std::collections::BTreeMap;

use pantry_model::chef::RunTree;
use pantry_model::content::Sha256;
use pantry_model::tree::{Entry, MAX_ENTRIES, Tree, What};

/// How deep folders may be in each other. Each is open while what is in it is looked at.
const MAX_DEPTH: usize = 64;

/// Documents hold data bags and attributes: nobody's but Chef's.
const DOCUMENT_MODE: u32 = 0o600;

/// A file or folder that is to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node {
    File { sha256: Sha256, size: u64, mode: u32 },
    Folder(Names),
}

/// What a folder is to hold, by name.
pub(super) type Names = BTreeMap<String, Node>;

/// A whole repository that is to be.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(super) names: Names,
    files: usize,
}

/// Why a run's tree cannot be a repository.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WantedError {
    /// Two files in one place, or something below a file.
    #[error("the server's answer names {0} twice, or something below it")]
    Twice(String),
    /// A link in a cookbook.
    #[error("the server's answer has a symbolic link in a cookbook: {0}")]
    Link(String),
    /// Too deep.
    #[error("{0} is in more than {MAX_DEPTH} folders")]
    TooDeep(String),
    /// Too many.
    #[error("the run has more than {MAX_ENTRIES} files")]
    TooMany,
}

impl Wanted {
    /// What a run tree says, with the tree of each of its cookbooks, in their order.
    pub(crate) fn new(run: &RunTree, cookbooks: &[Tree]) -> Result<Self, WantedError> {
        let mut wanted = Self::default();
        for (cookbook, tree) in run.cookbooks.iter().zip(cookbooks) {
            wanted.folder(cookbook.folder.as_str())?;
            for Entry { path, mode, what } in &tree.entries {
                let path = format!("{}/{path}", cookbook.folder);
                match *what {
                    What::Folder => wanted.folder(&path)?,
                    What::Link { .. } => return Err(WantedError::Link(path)),
                    What::File { sha256, size } => {
                        // Nobody but its owner comes this far; what is executable stays so.
                        let mode = 0o600 | (mode & 0o100);
                        wanted.file(&path, Node::File { sha256, size, mode })?;
                    }
                }
            }
        }
        for document in &run.documents {
            let (sha256, size) = (document.sha256, document.size);
            let node = Node::File { sha256, size, mode: DOCUMENT_MODE };
            wanted.file(document.path.as_str(), node)?;
        }
        Ok(wanted)
    }

    /// How many files it has.
    pub(crate) fn files(&self) -> usize {
        self.files
    }

    fn folder(&mut self, path: &str) -> Result<(), WantedError> {
        let mut names = &mut self.names;
        for (depth, name) in path.split('/').enumerate() {
            if depth >= MAX_DEPTH {
                return Err(WantedError::TooDeep(path.to_owned()));
            }
            let node = names.entry(name.to_owned());
            match node.or_insert_with(|| Node::Folder(Names::new())) {
                Node::Folder(inner) => names = inner,
                Node::File { .. } => return Err(WantedError::Twice(path.to_owned())),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &str, node: Node) -> Result<(), WantedError> {
        self.files += 1;
        if self.files > MAX_ENTRIES {
            return Err(WantedError::TooMany);
        }
        let mut names = &mut self.names;
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !parent.is_empty() {
            self.folder(parent)?;
            names = &mut self.names;
            for part in parent.split('/') {
                match names.get_mut(part) {
                    Some(Node::Folder(inner)) => names = inner,
                    _ => return Err(WantedError::Twice(path.to_owned())),
                }
            }
        }
        match names.insert(name.to_owned(), node) {
            None => Ok(()),
            Some(_) => Err(WantedError::Twice(path.to_owned())),
        }
    }
}
