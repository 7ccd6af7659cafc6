//! Reads files and folders into a tree, and remembers where each content was found.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use pantry_model::Sha256;
use pantry_model::tree::{Entry, Tree, TreePath, What, leads_out};

use crate::error::FilesError;
use crate::folder::{Cursor, Folder, Kind, Seen};
use crate::hash::{Hashed, Signature, Stop, ToHash, hash_all};

/// What is read, and what it is called at the top of the tree.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name in the tree.
    pub name: String,
    /// Where it is: a resolved path.
    pub path: PathBuf,
}

/// How much is read at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files, folders and links.
    pub entries: usize,
    /// The files' bytes.
    pub bytes: u64,
}

/// What becomes of things that a tree cannot hold: devices, links that lead out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// They are an error.
    Refused,
    /// They are left out, with a note.
    LeftOut,
}

/// What was read.
#[derive(Debug)]
pub struct Scanned {
    /// The tree, in order.
    pub tree: Tree,
    /// Its contents, each once, with their lengths, in the order of the tree.
    pub contents: Vec<(Sha256, u64)>,
    /// Where each of them is.
    pub origins: Vec<Origin>,
    /// What was left out, a sentence each.
    pub notes: Vec<String>,
}

/// A file that was read, and can be read again as long as it is not changed.
#[derive(Clone, Debug)]
pub struct Origin {
    place: ToHash,
    signature: Signature,
}

impl Origin {
    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.place.base.at(&self.place.path)
    }

    /// Opens it. That it was changed since it was hashed is an error.
    pub fn open(&self) -> Result<File, FilesError> {
        let mut cursor = Cursor::new(Arc::clone(&self.place.base));
        let file = match cursor.go_to_parent(&self.place.path)? {
            Some((folder, name)) => folder.read(name.as_ref()),
            None => return Err(FilesError::Changed(self.path())),
        };
        let file = match file {
            Err(FilesError::Missing(path)) => return Err(FilesError::Changed(path)),
            file => file?,
        };
        self.check(&file)?;
        Ok(file)
    }

    /// That an open file is still what was hashed.
    pub fn check(&self, file: &File) -> Result<(), FilesError> {
        let path = self.path();
        let metadata = file.metadata().map_err(FilesError::io("look at", &path))?;
        if Signature::of(&metadata) == self.signature {
            Ok(())
        } else {
            Err(FilesError::Changed(path))
        }
    }
}

/// Reads these and all that is below them. No link is followed. `tell` hears how many files and bytes
/// there are once that is known, then of every part that has been read.
pub fn scan(
    named: &[Named],
    limits: Limits,
    strictness: Strictness,
    stop: &Stop,
    tell: &(dyn Fn(Progress) + Sync),
) -> Result<Scanned, FilesError> {
    let mut walk =
        Walk { limits, strictness, stop, found: Vec::new(), notes: Vec::new(), bytes: 0 };
    let mut names: HashMap<&str, &PathBuf> = HashMap::new();
    for Named { name, path } in named {
        if let Some(one) = names.insert(name, path) {
            let (one, other, name) = (one.clone(), path.clone(), name.clone());
            return Err(FilesError::SameName { one, other, name });
        }
    }
    for named in named {
        walk.walk(named)?;
    }
    let Walk { mut found, mut notes, bytes, .. } = walk;
    found.sort_by(|one, other| one.tree_path.names().cmp(other.tree_path.names()));
    let files: Vec<ToHash> = found
        .iter()
        .filter(|found| found.link.is_none() && found.seen.kind == Kind::File)
        .map(|found| found.place.clone())
        .collect();
    tell(Progress::All { files: files.len(), bytes });
    let hashed = hash_all(&files, stop, &|bytes| tell(Progress::Read(bytes)))?;
    let mut hashed = hashed.into_iter();
    let mut entries = Vec::with_capacity(found.len());
    let (mut contents, mut origins) = (Vec::new(), Vec::new());
    let mut known = HashMap::new();
    for Found { tree_path, place, seen, link } in found {
        let what = match (seen.kind, link) {
            (_, Some(target)) => What::Link { target },
            (Kind::File, None) => {
                let Some(Hashed { sha256, size, signature }) = hashed.next().flatten() else {
                    let path = place.base.at(&place.path);
                    match strictness {
                        Strictness::Refused => return Err(FilesError::Changed(path)),
                        Strictness::LeftOut => {
                            notes.push(format!("{} is left out: it is gone", path.display()));
                            continue;
                        }
                    }
                };
                known.entry(sha256).or_insert_with(|| {
                    contents.push((sha256, size));
                    origins.push(Origin { place, signature });
                });
                What::File { sha256, size }
            }
            _ => What::Folder,
        };
        entries.push(Entry { path: tree_path, mode: seen.mode, what });
    }
    let tree = Tree { entries };
    tree.check()?;
    Ok(Scanned { tree, contents, origins, notes })
}

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There are so many files, and bytes in them.
    All {
        /// Files.
        files: usize,
        /// Bytes.
        bytes: u64,
    },
    /// So many bytes more have been read.
    Read(u64),
}

struct Found {
    tree_path: TreePath,
    place: ToHash,
    seen: Seen,
    link: Option<String>,
}

struct Walk<'s> {
    limits: Limits,
    strictness: Strictness,
    stop: &'s Stop,
    found: Vec<Found>,
    notes: Vec<String>,
    bytes: u64,
}

impl Walk<'_> {
    fn walk(&mut self, named: &Named) -> Result<(), FilesError> {
        let Some(real) = named.path.file_name() else {
            return Err(FilesError::NoName(named.path.clone()));
        };
        let real = real.to_str().ok_or_else(|| not_utf8(named.path.clone()))?;
        let base = Arc::new(Folder::of(&named.path)?);
        let Some(seen) = base.look(real.as_ref())? else {
            return Err(FilesError::Missing(named.path.clone()));
        };
        if matches!(seen.kind, Kind::Link | Kind::Other) {
            return Err(match seen.kind {
                Kind::Link => FilesError::Link(named.path.clone()),
                _ => FilesError::Special(named.path.clone()),
            });
        }
        self.add(&base, named, real, real.to_owned(), seen, None)?;
        let mut cursor = Cursor::new(Arc::clone(&base));
        let mut folders = VecDeque::new();
        if seen.kind == Kind::Folder {
            folders.push_back(real.to_owned());
        }
        while let Some(path) = folders.pop_front() {
            self.stop.check()?;
            let Some(folder) = cursor.go(&path)? else { continue };
            for name in folder.names()? {
                let Ok(name) = String::from_utf8(name) else {
                    self.refuse(not_utf8(folder.path().to_owned()))?;
                    continue;
                };
                let Some(seen) = folder.look(name.as_ref())? else { continue };
                let inside = format!("{path}/{name}");
                let link = match seen.kind {
                    Kind::Other => {
                        self.refuse(FilesError::Special(folder.at(&name)))?;
                        continue;
                    }
                    Kind::Link => {
                        let target = folder.read_link(name.as_ref())?;
                        let below = inside.get(real.len() + 1..).unwrap_or_default();
                        let below: Result<TreePath, _> = below.parse();
                        let text = String::from_utf8_lossy(&target).into_owned();
                        let is_within = target == text.as_bytes()
                            && below.is_ok_and(|below| !leads_out(&below, &text));
                        if !is_within {
                            let path = folder.at(&name);
                            self.refuse(FilesError::LeadsOut { path, to: text })?;
                            continue;
                        }
                        Some(text)
                    }
                    Kind::File => None,
                    Kind::Folder => {
                        folders.push_back(inside.clone());
                        None
                    }
                };
                self.add(&base, named, real, inside, seen, link)?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        base: &Arc<Folder>,
        named: &Named,
        real: &str,
        inside: String,
        seen: Seen,
        link: Option<String>,
    ) -> Result<(), FilesError> {
        let rest = inside.get(real.len()..).unwrap_or_default();
        let tree_path: Result<TreePath, _> = format!("{}{rest}", named.name).parse();
        let tree_path = match tree_path {
            Ok(path) => path,
            Err(error) => {
                let path = base.at(&inside);
                return self.refuse(FilesError::Unnameable { path, reason: error.to_string() });
            }
        };
        if self.found.len() >= self.limits.entries {
            return Err(FilesError::TooMany(self.limits.entries));
        }
        if seen.kind == Kind::File {
            self.bytes = self.bytes.saturating_add(seen.size);
            if self.bytes > self.limits.bytes {
                return Err(FilesError::TooLarge(self.limits.bytes));
            }
        }
        let place = ToHash { base: Arc::clone(base), path: inside };
        self.found.push(Found { tree_path, place, seen, link });
        Ok(())
    }

    fn refuse(&mut self, error: FilesError) -> Result<(), FilesError> {
        match self.strictness {
            Strictness::Refused => Err(error),
            Strictness::LeftOut => {
                self.notes.push(format!("left out: {error}"));
                Ok(())
            }
        }
    }
}

fn not_utf8(path: PathBuf) -> FilesError {
    FilesError::Unnameable { path, reason: "a name in it is no UTF-8".to_owned() }
}
