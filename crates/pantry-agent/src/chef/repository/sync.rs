//! One sync: what does not belong goes, what is missing is said, and then written.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use pantry_model::content::Sha256;

use super::SyncError;
use super::folder::{Copied, Folder, is_file, is_folder};
use super::index::{Index, Known, Look};
use super::wanted::{Names, Node, Wanted};

/// A sync under way.
#[derive(Debug)]
pub(crate) struct Sync {
    top: Folder,
    index_path: PathBuf,
    /// What the index will say.
    known: HashMap<String, Known>,
    missing: Vec<Missing>,
    removed: usize,
    /// Whether the index says something else now.
    is_changed: bool,
}

/// A file to be written.
#[derive(Clone, Debug)]
struct Missing {
    /// From the top; the last name is the file's.
    path: String,
    sha256: Sha256,
    size: u64,
    mode: u32,
    /// A name in that folder that nothing there needs.
    beside: String,
}

/// What a sync came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Synced {
    /// Files that are as they were.
    pub(crate) kept: usize,
    /// Files that were written.
    pub(crate) written: usize,
    /// Files and folders that were removed.
    pub(crate) removed: usize,
}

impl Sync {
    /// Looks through the repository, removes what does not belong there, and makes the folders.
    pub(crate) fn begin(
        repository: &Path,
        index_path: &Path,
        wanted: &Wanted,
    ) -> Result<Self, SyncError> {
        let index = Index::load(index_path);
        let top = Folder::at_top(repository).map_err(SyncError::io("make", ""))?;
        let mut sync = Self {
            top,
            index_path: index_path.to_owned(),
            known: HashMap::with_capacity(wanted.files()),
            missing: Vec::new(),
            removed: 0,
            is_changed: false,
        };
        let mut look = Looking { index: &index, sync: &mut sync };
        // Borrowed for itself, since the rest of the sync is written to meanwhile.
        let top = Folder::at_top(repository).map_err(SyncError::io("open", ""))?;
        look.folder(&top, "", &wanted.names)?;
        Ok(sync)
    }

    /// The contents that are to be written, each once.
    pub(crate) fn missing(&self) -> Vec<(Sha256, u64)> {
        let mut seen = HashSet::new();
        let contents = self.missing.iter().map(|file| (file.sha256, file.size));
        contents.filter(|(sha256, _)| seen.insert(*sha256)).collect()
    }

    /// Writes what is missing from the files that `source` names, and then the index. Contents that
    /// are not there or not what they should be are an error; all others are written then.
    pub(crate) fn fill(
        &mut self,
        source: &dyn Fn(&Sha256) -> PathBuf,
    ) -> Result<Synced, SyncError> {
        let mut lacking = Vec::new();
        let mut written = 0;
        let missing = std::mem::take(&mut self.missing);
        let mut open: Option<(String, Folder)> = None;
        for file in missing {
            let (parent, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            // Files of one folder follow each other.
            if open.as_ref().is_none_or(|(path, _)| path != parent) {
                let folder = self.parent(parent)?;
                open = Some((parent.to_owned(), folder));
            }
            let folder = open.as_ref().map_or(&self.top, |(_, folder)| folder);
            let content = (file.sha256, file.size);
            let from = source(&file.sha256);
            let copied = folder.copy(&from, content, name, &file.beside, file.mode);
            match copied.map_err(SyncError::io("write", &file.path))? {
                Copied::Whole(stat) => {
                    let known = Known { sha256: file.sha256, look: Look::of(&stat) };
                    self.known.insert(file.path, known);
                    self.is_changed = true;
                    written += 1;
                }
                Copied::Damaged => {
                    lacking.push(content);
                    self.missing.push(file);
                }
            }
        }
        if !lacking.is_empty() {
            lacking.sort_unstable();
            lacking.dedup();
            return Err(SyncError::Lacking(lacking));
        }
        let kept = self.known.len() - written;
        if self.is_changed {
            let known = std::mem::take(&mut self.known);
            let saved = Index::save(&self.index_path, known);
            saved.map_err(SyncError::io("write", "the index"))?;
        }
        Ok(Synced { kept, written, removed: self.removed })
    }

    /// Opens a folder by its path from the top, name by name.
    fn parent(&self, path: &str) -> Result<Folder, SyncError> {
        let mut folder: Option<Folder> = None;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let inner = folder.as_ref().unwrap_or(&self.top).enter(name.as_bytes());
            folder = Some(inner.map_err(SyncError::io("open", path))?);
        }
        match folder {
            Some(folder) => Ok(folder),
            None => self.top.enter(b".").map_err(SyncError::io("open", "")),
        }
    }
}

struct Looking<'a> {
    index: &'a Index,
    sync: &'a mut Sync,
}

impl Looking<'_> {
    /// What is in a folder, against what is to be in it. `path` ends with a slash, but at the top.
    fn folder(&mut self, folder: &Folder, path: &str, wanted: &Names) -> Result<(), SyncError> {
        let at = path.trim_end_matches('/');
        let mut there = HashSet::new();
        for (name, raw) in folder.names().map_err(SyncError::io("list", at))? {
            let full = format!("{path}{name}");
            let fits = match wanted.get(&name) {
                // A name that is no UTF-8 is not what its replacement looks like.
                Some(node) if name.as_bytes() == raw => {
                    let stat = folder.look(&raw).map_err(SyncError::io("look at", &full))?;
                    match (node, stat) {
                        (Node::Folder(_), Some(stat)) => is_folder(&stat),
                        (Node::File { sha256, mode, .. }, Some(stat)) if is_file(&stat) => {
                            let as_is = stat.st_mode & 0o7777 == *mode;
                            let same = match as_is {
                                true => self.same(folder, &full, &name, sha256, &stat),
                                false => Ok(false),
                            };
                            if same.map_err(SyncError::io("read", &full))? {
                                there.insert(name.clone());
                            }
                            // What is something else is replaced in one step.
                            true
                        }
                        _ => false,
                    }
                }
                _ => false,
            };
            if !fits {
                folder.remove(&raw).map_err(SyncError::io("remove", &full))?;
                self.sync.removed += 1;
                self.sync.is_changed = true;
            }
        }
        if let Some((one, other)) = differing_in_case(wanted)
            && !folder.tells_case_apart().map_err(SyncError::io("write", at))?
        {
            return Err(SyncError::SameName(format!("{path}{one}"), format!("{path}{other}")));
        }
        let beside = beside(wanted);
        for (name, node) in wanted {
            let full = format!("{path}{name}");
            match node {
                Node::Folder(inner) => {
                    let made = folder.enter_or_make(name);
                    let made = made.map_err(SyncError::io("make", &full))?;
                    self.folder(&made, &format!("{full}/"), inner)?;
                }
                Node::File { .. } if there.contains(name) => {}
                Node::File { sha256, size, mode } => {
                    let (sha256, size, mode) = (*sha256, *size, *mode);
                    let beside = beside.clone();
                    self.sync.missing.push(Missing { path: full, sha256, size, mode, beside });
                }
            }
        }
        Ok(())
    }

    /// Whether a file is what it should be already; if so, it is noted.
    fn same(
        &mut self,
        folder: &Folder,
        path: &str,
        name: &str,
        sha256: &Sha256,
        stat: &rustix::fs::Stat,
    ) -> std::io::Result<bool> {
        let look = Look::of(stat);
        let Some((known, sure)) = self.index.known(path, &look) else { return Ok(false) };
        if known.sha256 != *sha256 || (!sure && folder.hash(name)? != Some(*sha256)) {
            return Ok(false);
        }
        // Once read, it need not be read the next time.
        self.sync.is_changed |= !sure;
        self.sync.known.insert(path.to_owned(), known);
        Ok(true)
    }
}

/// A name for files that are being written.
fn beside(wanted: &Names) -> String {
    let mut name = ".pantry-new".to_owned();
    while wanted.contains_key(&name) {
        name.push('~');
    }
    name
}

/// Two of these names that differ in nothing but case.
fn differing_in_case(wanted: &Names) -> Option<(&str, &str)> {
    let mut seen: HashMap<String, &str> = HashMap::with_capacity(wanted.len());
    wanted.keys().find_map(|name| {
        let other = seen.insert(name.to_lowercase(), name)?;
        Some((other, name.as_str()))
    })
}
