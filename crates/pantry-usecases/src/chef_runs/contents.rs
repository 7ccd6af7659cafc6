//! What a machine may fetch for a run: the run's own tree, and all that this names.
//!
//! Contents that the server has made are in memory as long as somebody holds the run; those that are
//! the same for several machines are there once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use pantry_model::Sha256;
use pantry_model::chef::{RunCookbook, RunDocument, RunTree};
use pantry_model::commands::chef_run::PreparedRun;
use pantry_model::tree::TreePath;
use pantry_store::ContentHash;

use super::trees::CookbookTree;

/// A content of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunContent {
    /// The server has made it: here it is.
    Made(Bytes),
    /// It is a cookbook's file, which is where contents are kept.
    Kept {
        /// Its length in bytes.
        size: u64,
    },
}

/// A run that is prepared. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct RunContents(Arc<Inner>);

struct Inner {
    prepared: PreparedRun,
    made: HashMap<Sha256, Bytes>,
    cookbooks: Vec<Arc<CookbookTree>>,
}

/// A document of a run.
#[derive(Clone)]
pub(super) struct Document {
    pub(super) path: TreePath,
    pub(super) content: Made,
}

/// Bytes, and by what they are known.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) sha256: Sha256,
    pub(super) bytes: Bytes,
}

impl Made {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { sha256: Sha256(ContentHash::of(&bytes).0), bytes: bytes.into() }
    }

    /// What is stored, of which the hash is known.
    pub(super) fn stored(document: pantry_store::Document) -> Self {
        Self { sha256: Sha256(document.hash.0), bytes: document.body.into() }
    }

    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

impl RunContents {
    /// A run of which all is known but its cookbooks, each with its folder, and its documents.
    pub(super) fn new(
        tree: RunTree,
        cookbooks: Vec<(TreePath, Arc<CookbookTree>)>,
        mut documents: Vec<Document>,
    ) -> Self {
        documents.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        let cookbook = |(folder, tree): &(TreePath, Arc<CookbookTree>)| {
            let Made { sha256, .. } = tree.document;
            RunCookbook { folder: folder.clone(), tree: sha256, size: tree.document.size() }
        };
        let document = |Document { path, content }: &Document| RunDocument {
            path: path.clone(),
            sha256: content.sha256,
            size: content.size(),
        };
        let tree = RunTree {
            cookbooks: cookbooks.iter().map(cookbook).collect(),
            documents: documents.iter().map(document).collect(),
            ..tree
        };
        // Names and numbers: it always has a JSON form.
        let tree = Made::new(serde_json::to_vec(&tree).unwrap_or_default());
        let prepared = PreparedRun { tree: tree.sha256, size: tree.size() };
        let made = documents.into_iter().map(|document| document.content).chain([tree]);
        Self(Arc::new(Inner {
            prepared,
            made: made.map(|content| (content.sha256, content.bytes)).collect(),
            cookbooks: cookbooks.into_iter().map(|(_, tree)| tree).collect(),
        }))
    }

    /// What the machine is told, which fetches all else.
    pub fn prepared(&self) -> PreparedRun {
        self.0.prepared
    }

    /// A content, if it is the run's.
    pub fn content(&self, of: &Sha256) -> Option<RunContent> {
        let made = || self.0.made.get(of).cloned().map(RunContent::Made);
        made().or_else(|| self.0.cookbooks.iter().find_map(|tree| tree.content(of)))
    }
}

impl fmt::Debug for RunContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Documents may be secrets.
        write!(f, "RunContents({})", self.0.prepared.tree)
    }
}
