//! The trees of cookbooks' files, which are the same for every machine that runs with them.
//!
//! A tree depends on what is stored of a version of a cookbook and on nothing else, so it is kept by
//! that. And as long as no cookbook has changed that an application uses, the versions that were chosen
//! have the trees that they had, so those are kept together by where the cookbooks stood: then nothing
//! is read of the versions at all.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pantry_model::chef::cookbook::PublishedVersion;
use pantry_model::refusals::chef_runs;
use pantry_model::tree::{Entry, Tree, TreePath, What};
use pantry_model::{Error, Md5, Sha256, Version};
use pantry_store::{ContentHash, Holder};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::contents::{Made, RunContent};
use crate::cookbooks::CookbooksAt;

/// The file that says what a cookbook is, to whoever knows no Ruby.
const METADATA: &str = "metadata.json";

/// The permissions of a cookbook's files, which no server is told.
const MODE: u32 = 0o644;

/// How much memory all trees may take, in bytes, about; and once more what keeps them together.
const BYTES: u64 = 64 << 20;

/// How many there are likely to be.
const LIKELY: usize = 1024;

/// A cookbook's files.
pub(crate) struct CookbookTree {
    /// The document of its [`Tree`].
    pub(super) document: Made,
    /// Its `metadata.json`, if none of its files is that.
    metadata: Option<Made>,
    /// All others, in order.
    files: Vec<(Sha256, u64)>,
}

/// The trees of cookbooks in the order in which those were chosen, with their names.
pub(super) type TreesOfRun = Arc<[(Arc<str>, Arc<CookbookTree>)]>;

/// What a tree was made of: the cookbook's name, what is stored of the version, and what that holds.
type Source = (Arc<str>, ContentHash, ContentHash);

/// Versions that were chosen, and where all cookbooks stood of which they were.
type Choice = (CookbooksAt, Vec<(Arc<str>, Version)>);

/// Those that are in memory; those least asked for go first.
pub(super) struct Trees {
    single: Cache<Source, Arc<CookbookTree>, Weight>,
    together: Cache<Choice, TreesOfRun, Weight>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Source, Arc<CookbookTree>> for Weight {
    fn weight(&self, _: &Source, tree: &Arc<CookbookTree>) -> u64 {
        tree.weight()
    }
}

impl Weighter<Choice, TreesOfRun> for Weight {
    fn weight(&self, _: &Choice, trees: &TreesOfRun) -> u64 {
        // Most are in others as well, but these may be the last to have them.
        trees.iter().map(|(_, tree)| tree.weight()).sum::<u64>().saturating_add(512)
    }
}

impl Default for Trees {
    fn default() -> Self {
        Self {
            single: Cache::with_weighter(LIKELY, BYTES, Weight),
            together: Cache::with_weighter(LIKELY, BYTES, Weight),
        }
    }
}

impl Trees {
    /// Those of versions that were chosen, if they are here.
    pub(super) fn chosen(&self, choice: &Choice) -> Option<TreesOfRun> {
        self.together.get(choice)
    }

    /// Keeps them.
    pub(super) fn keep_chosen(&self, choice: Choice, trees: &TreesOfRun) {
        self.together.insert(choice, Arc::clone(trees));
    }

    /// The tree of what is stored of a cookbook of this name.
    pub(super) fn of(&self, name: &Arc<str>, stored: &Holder) -> Result<Arc<CookbookTree>, Error> {
        let mut held = Vec::with_capacity(stored.1.len() * 40);
        for content in &stored.1 {
            held.extend_from_slice(&content.md5.0);
            held.extend_from_slice(&content.sha256.0);
        }
        let source = (Arc::clone(name), stored.0.hash, ContentHash::of(&held));
        if let Some(known) = self.single.get(&source) {
            return Ok(known);
        }
        let tree = Arc::new(CookbookTree::of(name, stored)?);
        self.single.insert(source, Arc::clone(&tree));
        Ok(tree)
    }
}

impl CookbookTree {
    fn of(name: &str, (document, contents): &Holder) -> Result<Self, Error> {
        let broken = || Error::Internal(format!("the stored cookbook `{}`", document.name));
        let read = PublishedVersion::read(&document.body).ok_or_else(broken)?;
        let held: HashMap<Md5, (Sha256, u64)> =
            contents.iter().map(|one| (one.md5, (one.sha256, one.size))).collect();
        // Of a path that is listed twice the first counts.
        let mut files: BTreeMap<TreePath, (Sha256, u64)> = BTreeMap::new();
        for file in &read.files {
            let path = file.path.parse();
            let path = path.map_err(|_| chef_runs::no_path_for_file(name, &file.path))?;
            files.entry(path).or_insert(*held.get(&file.md5).ok_or_else(broken)?);
        }
        let metadata: TreePath = METADATA.parse().map_err(|_| broken())?;
        let lacks_metadata = !files.contains_key(&metadata);
        let made = lacks_metadata.then(|| Made::new(read.metadata_json(name)));
        if let Some(made) = &made {
            files.insert(metadata, (made.sha256, made.size()));
        }
        let entry = |(path, (sha256, size)): (TreePath, (Sha256, u64))| Entry {
            path,
            mode: MODE,
            what: What::File { sha256, size },
        };
        let mut tree = Tree { entries: files.into_iter().map(entry).collect() };
        tree.sort();
        tree.check().map_err(|why| chef_runs::no_tree_of_cookbook(name, &why))?;
        let mut files: Vec<_> = tree.contents().collect();
        files.sort_unstable();
        files.dedup();
        Ok(Self { document: Made::new(tree.to_json()), metadata: made, files })
    }

    /// A content of the cookbook.
    pub(super) fn content(&self, of: &Sha256) -> Option<RunContent> {
        let made = [Some(&self.document), self.metadata.as_ref()];
        if let Some(made) = made.into_iter().flatten().find(|made| made.sha256 == *of) {
            return Some(RunContent::Made(made.bytes.clone()));
        }
        let at = self.files.binary_search_by_key(of, |(sha256, _)| *sha256).ok()?;
        self.files.get(at).map(|(_, size)| RunContent::Kept { size: *size })
    }

    fn weight(&self) -> u64 {
        let made = self.document.size() + self.metadata.as_ref().map_or(0, Made::size);
        let files = u64::try_from(self.files.len() * 40).unwrap_or(u64::MAX);
        made.saturating_add(files).saturating_add(512)
    }
}
