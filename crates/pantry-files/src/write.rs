//! Puts files in their places, so that each is either as it was or whole and right.
//!
//! All contents are first written beside their places under other names, and brought to the disk; only
//! then do they get their names, one after the other. What fails before that leaves nothing behind.
//! After that only a crash, or somebody who takes folders away meanwhile, leaves some in place and some
//! not, and the error says how many.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;
use std::sync::Arc;

use pantry_model::Sha256;
use sha2::{Digest as _, Sha256 as Hasher};

use crate::error::FilesError;
use crate::folder::{Cursor, Folder, give, split};
use crate::hash::{PART, Stop};
use crate::note;
use crate::plan::{Plan, Todo};

/// The permissions of folders on the way that the tree does not name.
const ON_THE_WAY: u32 = 0o755;

/// From as many files on it is cheaper to bring all of the file system to the disk than each file.
const MANY: usize = 32;

/// Where a content is read from.
#[derive(Clone, Copy, Debug)]
pub enum Held<'p> {
    /// This file stays as it is, and is verified while it is copied.
    Copy(&'p Path),
    /// This file is known to be right and not needed any more.
    Take(&'p Path),
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files and links there are.
    pub files: u64,
    /// How many of them are new or were changed.
    pub changed: u64,
    /// How many folders were made.
    pub folders: u64,
    /// The bytes of the files.
    pub bytes: u64,
}

/// Files on their way to their places. What is not finished is removed when this is dropped.
#[derive(Debug)]
pub struct Writing {
    plan: Plan,
    cursor: Cursor,
    /// The steps that write each content.
    wanted: HashMap<Sha256, Vec<usize>>,
    /// Steps whose file or link waits beside its place.
    waiting: BTreeSet<usize>,
    /// Folders that were made, in this order, with the permissions that they get.
    made: Vec<(String, u32)>,
    stop: Stop,
}

impl Writing {
    /// Makes the folders that are not there, for the writer alone for now.
    pub fn begin(plan: Plan, stop: Stop) -> Result<Self, FilesError> {
        let mut wanted: HashMap<Sha256, Vec<usize>> = HashMap::new();
        for (at, step) in plan.steps.iter().enumerate() {
            if let Todo::Write(sha256, _) = step.todo {
                wanted.entry(sha256).or_default().push(at);
            }
        }
        let cursor = Cursor::new(Arc::clone(&plan.root));
        let (waiting, made) = (BTreeSet::new(), Vec::new());
        let mut writing = Self { plan, cursor, wanted, waiting, made, stop };
        writing.make_folders()?;
        writing.tell_apart()?;
        Ok(writing)
    }

    fn make_folders(&mut self) -> Result<(), FilesError> {
        for step in &self.plan.steps {
            let is_folder = step.todo == Todo::MakeFolder;
            if matches!(step.todo, Todo::Nothing | Todo::Adjust) {
                continue;
            }
            self.stop.check()?;
            let folder = if is_folder { step.path.as_str() } else { split(&step.path).0 };
            let (made, root) = (&mut self.made, self.plan.root.path());
            let mut make = |parent: &Folder, name: &str| {
                if !parent.make(name)? {
                    return Ok(true);
                }
                let path = parent.at(name);
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                let mode = if path == step.path { step.mode } else { ON_THE_WAY };
                made.push((path, mode));
                Ok(true)
            };
            self.cursor.go_making(folder, &mut make)?;
        }
        Ok(())
    }

    /// Names that differ only in case must be two to the disk.
    fn tell_apart(&mut self) -> Result<(), FilesError> {
        let tag = self.plan.order.tag.to_lowercase();
        let Some((one, other)) = self.plan.alike.first() else { return Ok(()) };
        let step = self.plan.steps.iter().find(|step| step.path.ends_with(one.as_str()));
        let parent = step.map_or("", |step| split(&step.path).0);
        let Some(folder) = self.cursor.go(parent)? else { return Ok(()) };
        let probe = format!(".case.pantry-{tag}");
        drop(folder.create(&probe)?);
        let is_same = folder.look(probe.to_uppercase().as_ref());
        folder.remove(&probe)?;
        if is_same?.is_some() {
            let folder = folder.path().to_owned();
            let (one, other) = (one.clone(), other.clone());
            return Err(FilesError::SameToDisk { one, other, folder });
        }
        Ok(())
    }

    /// The name of a file beside its place.
    fn beside(&self, at: usize, name: &str) -> String {
        note::beside(&self.plan.order.tag, at, name)
    }

    /// Writes a content beside the places of all files that have it. One that is damaged is an error,
    /// after which it may be put again.
    pub fn put(&mut self, content: &Sha256, from: Held<'_>) -> Result<(), FilesError> {
        let places = self.wanted.get(content).cloned().unwrap_or_default();
        let last = places.len().saturating_sub(1);
        for (count, at) in places.into_iter().enumerate() {
            if self.waiting.contains(&at) {
                continue;
            }
            self.stop.check()?;
            let take = matches!(from, Held::Take(_)) && count == last;
            let (Held::Copy(path) | Held::Take(path)) = from;
            self.put_at(at, content, path, take)?;
        }
        Ok(())
    }

    fn put_at(
        &mut self,
        at: usize,
        content: &Sha256,
        from: &Path,
        take: bool,
    ) -> Result<(), FilesError> {
        let Some(step) = self.plan.steps.get(at) else { return Ok(()) };
        let (parent, name) = split(&step.path);
        let beside = self.beside(at, name);
        let Some(folder) = self.cursor.go(parent)? else {
            return Err(FilesError::Missing(self.plan.root.at(parent)));
        };
        // From here on there may be something to remove.
        self.waiting.insert(at);
        let written = (|| {
            let file = if take && folder.take(from, &beside)? {
                folder.read(beside.as_ref())?
            } else {
                let mut file = folder.create(&beside)?;
                copy(from, &mut file, &folder.at(name), content, &self.stop)?;
                file
            };
            let order = &self.plan.order;
            give(&file, &folder.at(name), (order.owner, order.group), step.mode)?;
            if self.wanted.len() <= MANY {
                file.sync_all().map_err(FilesError::io("write", &folder.at(name)))?;
            }
            Ok(())
        })();
        if written.is_err() && folder.remove(&beside).is_ok() {
            self.waiting.remove(&at);
        }
        written
    }

    /// Puts everything in its place. All contents must have been put.
    pub fn finish(mut self) -> Result<Written, FilesError> {
        self.links_beside()?;
        if self.wanted.len() > MANY {
            self.sync()?;
        }
        self.stop.check()?;
        let all = self.waiting.len() as u64;
        let mut written = Written { folders: self.made.len() as u64, ..Written::default() };
        let mut touched = BTreeSet::new();
        for at in self.waiting.clone() {
            let done = written.changed;
            let placed = self.place(at, &mut touched);
            placed.map_err(|error| match done {
                0 => error,
                done => FilesError::Partly { done, all, source: Box::new(error) },
            })?;
            written.changed += 1;
        }
        for step in &self.plan.steps {
            if step.todo == Todo::Adjust {
                let Some((folder, name)) = self.cursor.go_to_parent(&step.path)? else { continue };
                let file = folder.read(name.as_ref())?;
                let order = &self.plan.order;
                give(&file, &folder.at(name), (order.owner, order.group), step.mode)?;
                written.changed += 1;
            }
        }
        // What is in a folder first: it may be one that its owner cannot write to.
        let made = std::mem::take(&mut self.made);
        for (path, mode) in made.iter().rev() {
            let Some(folder) = self.cursor.go(path)? else { continue };
            let owner = (self.plan.order.owner, self.plan.order.group);
            give(&folder.opened()?, folder.path(), owner, *mode)?;
        }
        let parents = made.iter().map(|(path, _)| split(path).0.to_owned());
        touched.extend(parents);
        self.sync_folders(&touched)?;
        for entry in &self.plan.order.tree.entries {
            written.files += u64::from(entry.what != pantry_model::tree::What::Folder);
        }
        written.bytes = self.plan.order.tree.contents().map(|(_, size)| size).sum();
        Ok(written)
    }

    fn links_beside(&mut self) -> Result<(), FilesError> {
        for (at, step) in self.plan.steps.iter().enumerate() {
            if let Todo::Link(target) = &step.todo {
                let (parent, name) = split(&step.path);
                let beside = self.beside(at, name);
                let Some(folder) = self.cursor.go(parent)? else {
                    return Err(FilesError::Missing(self.plan.root.at(parent)));
                };
                folder.link(target, &beside)?;
                self.waiting.insert(at);
            } else if matches!(step.todo, Todo::Write(..)) && !self.waiting.contains(&at) {
                return Err(FilesError::Missing(self.plan.root.at(&step.path)));
            }
        }
        Ok(())
    }

    fn place(&mut self, at: usize, touched: &mut BTreeSet<String>) -> Result<(), FilesError> {
        let Some(step) = self.plan.steps.get(at) else { return Ok(()) };
        let (parent, name) = split(&step.path);
        let beside = self.beside(at, name);
        let Some(folder) = self.cursor.go(parent)? else {
            return Err(FilesError::Missing(self.plan.root.at(parent)));
        };
        folder.rename(&beside, name)?;
        self.waiting.remove(&at);
        if !touched.contains(parent) {
            touched.insert(parent.to_owned());
        }
        Ok(())
    }

    /// Brings the whole file system to the disk.
    fn sync(&self) -> Result<(), FilesError> {
        let root = self.plan.root.opened()?;
        #[cfg(target_os = "linux")]
        let synced = rustix::fs::syncfs(&root);
        #[cfg(not(target_os = "linux"))]
        let synced = {
            rustix::fs::sync();
            rustix::fs::fsync(&root)
        };
        synced.map_err(FilesError::io("write", self.plan.root.path()))
    }

    fn sync_folders(&mut self, touched: &BTreeSet<String>) -> Result<(), FilesError> {
        if touched.len() > MANY {
            return self.sync();
        }
        for path in touched {
            if let Some(folder) = self.cursor.go(path)? {
                // A folder that its owner may not read cannot be opened for it.
                if let Ok(opened) = folder.opened() {
                    opened.sync_all().map_err(FilesError::io("write", folder.path()))?;
                }
            }
        }
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        for at in std::mem::take(&mut self.waiting) {
            let Some(step) = self.plan.steps.get(at) else { continue };
            let (parent, name) = split(&step.path);
            let beside = self.beside(at, name);
            if let Ok(Some(folder)) = self.cursor.go(parent) {
                // There is nobody to tell, and what went wrong is known already.
                let _ = folder.remove(&beside);
            }
        }
        for (path, _) in std::mem::take(&mut self.made).iter().rev() {
            if let Ok(Some((folder, name))) = self.cursor.go_to_parent(path) {
                let _ = folder.remove_folder(name);
            }
        }
    }
}

fn copy(
    from: &Path,
    to: &mut File,
    at: &Path,
    content: &Sha256,
    stop: &Stop,
) -> Result<(), FilesError> {
    let mut source = match File::open(from) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(FilesError::Missing(from.to_owned()));
        }
        opened => opened.map_err(FilesError::io("read", from))?,
    };
    let mut hasher = Hasher::new();
    let mut part = vec![0; PART];
    loop {
        stop.check()?;
        let length = source.read(&mut part).map_err(FilesError::io("read", from))?;
        let Some(bytes) = part.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        to.write_all(bytes).map_err(FilesError::io("write", at))?;
    }
    match Sha256(hasher.finalize().into()) == *content {
        true => Ok(()),
        false => Err(FilesError::Damaged(*content)),
    }
}
