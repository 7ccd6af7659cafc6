//! What is to be done so that a tree is where it should be: found out before anything is changed.
//!
//! Whatever can be known beforehand to go wrong (a folder in the place of a file, a link on the way)
//! is said here, while everything is still as it was.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_model::Sha256;
use pantry_model::tree::{Entry, Tree, TreeError, What, leads_out};

use crate::cases;
use crate::error::FilesError;
use crate::folder::{Cursor, Folder, Kind, Seen, split};
use crate::hash::{Stop, ToHash, hash_all};
use crate::places::{Places, resolve};

/// The permissions of a file or folder that are taken from a tree. That a program runs as its owner
/// must be asked for.
const CARRIED: u32 = 0o777;

/// What is to be where.
#[derive(Clone, Debug)]
pub struct Order {
    /// The files.
    pub tree: Tree,
    /// The path that they go to, absolute.
    pub to: PathBuf,
    /// Whether that is the folder that they go into; else it is the path of the one thing at the top.
    pub into: bool,
    /// Whom they are to belong to; whoever writes them, if none.
    pub owner: Option<u32>,
    /// Their group.
    pub group: Option<u32>,
    /// The files' permissions, in place of those that the tree says.
    pub mode: Option<u32>,
    /// Part of the names that files have until they are in place: no other writing has the same.
    pub tag: String,
    /// Where files may be written at all.
    pub places: Places,
}

/// What is to be done.
#[derive(Debug)]
pub struct Plan {
    pub(crate) order: Order,
    /// The deepest folder on the way that is there.
    pub(crate) root: Arc<Folder>,
    pub(crate) steps: Vec<Step>,
    pub(crate) alike: Vec<(String, String)>,
}

/// One thing of a tree.
#[derive(Debug)]
pub(crate) struct Step {
    /// Below the root.
    pub(crate) path: String,
    pub(crate) mode: u32,
    pub(crate) todo: Todo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Todo {
    /// It is as it should be.
    Nothing,
    /// A folder that is not there.
    MakeFolder,
    /// A file with this content.
    Write(Sha256, u64),
    /// A file whose content is right, but not its owner or its permissions.
    Adjust,
    /// A link.
    Link(String),
}

impl Plan {
    /// Looks at what there is. Files that may be right are read; `tell` hears how many bytes of them.
    pub fn make(
        order: Order,
        stop: &Stop,
        tell: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, FilesError> {
        order.tree.check()?;
        let to = resolve(&order.to)?;
        let (base, rename) = anchor(&order, &to)?;
        let is_held = match rename {
            Some(_) => {
                order.places.hold_below(&to) || is_folder(&order.tree) && order.places.hold(&to)
            }
            None => order.places.hold(&to),
        };
        if !is_held {
            return Err(FilesError::Outside(to));
        }
        let (root, missing) = deepest(&base)?;
        let root = Arc::new(root);
        let mut looking =
            Looking { cursor: Cursor::new(Arc::clone(&root)), order: &order, maybe: Vec::new() };
        let mut steps = Vec::with_capacity(order.tree.entries.len());
        for entry in &order.tree.entries {
            stop.check()?;
            let inside = entry.path.as_str();
            let inside = match &rename {
                Some(name) => match inside.split_once('/') {
                    Some((_, rest)) => format!("{name}/{rest}"),
                    None => name.clone(),
                },
                None => inside.to_owned(),
            };
            let path = if missing.is_empty() { inside } else { format!("{missing}/{inside}") };
            steps.push(looking.step(path, entry, rename.is_some(), steps.len())?);
        }
        let maybe = looking.maybe;
        let files: Vec<_> = maybe
            .iter()
            .filter_map(|(at, _)| steps.get(*at))
            .map(|step| ToHash { base: Arc::clone(&root), path: step.path.clone() })
            .collect();
        let hashed = hash_all(&files, stop, tell)?;
        for ((at, seen), hashed) in maybe.into_iter().zip(hashed) {
            let Some(step) = steps.get_mut(at) else { continue };
            if let (Todo::Write(sha256, size), Some(hashed)) = (&step.todo, hashed)
                && (hashed.sha256, hashed.size) == (*sha256, *size)
            {
                let is_right = seen.mode == step.mode
                    && order.owner.is_none_or(|owner| owner == seen.owner)
                    && order.group.is_none_or(|group| group == seen.group);
                step.todo = if is_right { Todo::Nothing } else { Todo::Adjust };
            }
        }
        let alike = cases::alike(&order.tree);
        Ok(Self { order, root, steps, alike })
    }

    /// The contents that must be written, each once, with their lengths.
    pub fn lacks(&self) -> Vec<(Sha256, u64)> {
        let mut lacks: Vec<_> = self
            .steps
            .iter()
            .filter_map(|step| match step.todo {
                Todo::Write(sha256, size) => Some((sha256, size)),
                _ => None,
            })
            .collect();
        lacks.sort_unstable();
        lacks.dedup();
        lacks
    }
}

/// The folder that the tree's paths begin in, and the name of its one thing if that gets another one.
fn anchor(order: &Order, to: &Path) -> Result<(PathBuf, Option<String>), FilesError> {
    if order.into {
        return Ok((to.to_owned(), None));
    }
    let mut tops: Vec<_> =
        order.tree.entries.iter().filter_map(|entry| entry.path.names().next()).collect();
    tops.dedup();
    if tops.len() != 1 {
        return Err(FilesError::NotOne { to: order.to.clone(), count: tops.len() });
    }
    let (Some(parent), Some(name)) = (to.parent(), to.file_name()) else {
        return Err(FilesError::IsFolder(to.to_owned()));
    };
    let name = name.to_str().ok_or_else(|| FilesError::Unnameable {
        path: to.to_owned(),
        reason: "its name is no UTF-8".to_owned(),
    })?;
    Ok((parent.to_owned(), Some(name.to_owned())))
}

/// Whether what is at the top of a tree is a folder.
fn is_folder(tree: &Tree) -> bool {
    let is_file = |entry: &Entry| entry.path.parent().is_none() && entry.what != What::Folder;
    !tree.entries.iter().any(is_file)
}

/// Opens the deepest folder of a resolved path that is there; the rest of the path is the second.
fn deepest(path: &Path) -> Result<(Folder, String), FilesError> {
    let mut there = path;
    loop {
        match Folder::open(there) {
            Ok(folder) => {
                let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
                let rest = rest.to_str().ok_or_else(|| FilesError::Unnameable {
                    path: path.to_owned(),
                    reason: "its name is no UTF-8".to_owned(),
                })?;
                return Ok((folder, rest.to_owned()));
            }
            Err(FilesError::Missing(_)) => match there.parent() {
                Some(parent) => there = parent,
                None => return Err(FilesError::Missing(path.to_owned())),
            },
            Err(error) => return Err(error),
        }
    }
}

struct Looking<'o> {
    cursor: Cursor,
    order: &'o Order,
    /// Steps whose file may be right already.
    maybe: Vec<(usize, Seen)>,
}

impl Looking<'_> {
    fn step(
        &mut self,
        path: String,
        entry: &Entry,
        renamed: bool,
        at: usize,
    ) -> Result<Step, FilesError> {
        let mode = match (&entry.what, self.order.mode) {
            (What::File { .. }, Some(mode)) => mode & 0o7777,
            _ => entry.mode & CARRIED,
        };
        let (parent, name) = split(&path);
        let folder = self.cursor.go(parent)?;
        let seen = folder.map_or(Ok(None), |folder| folder.look(name.as_ref()))?;
        let there = || self.order.to.join(&path);
        let at_path = folder.map_or_else(there, |folder| folder.at(name));
        let kind = seen.map(|seen| seen.kind);
        if kind == Some(Kind::Link)
            && !matches!(entry.what, What::Link { .. })
            && folder.is_some_and(|folder| folder.leads_to_folder(name.as_ref()))
        {
            return Err(FilesError::Link(at_path));
        }
        let todo = match (&entry.what, kind) {
            (What::Folder, None) => Todo::MakeFolder,
            (What::Folder, Some(Kind::Folder)) => Todo::Nothing,
            (What::Folder, Some(_)) => return Err(FilesError::NotFolder(at_path)),
            (_, Some(Kind::Folder)) => return Err(FilesError::IsFolder(at_path)),
            (_, Some(Kind::Other)) => return Err(FilesError::Special(at_path)),
            (What::File { sha256, size }, _) => {
                if let Some(seen) = seen.filter(|it| it.kind == Kind::File && it.size == *size) {
                    self.maybe.push((at, seen));
                }
                Todo::Write(*sha256, *size)
            }
            (What::Link { target }, _) => {
                let below = entry.path.as_str().split_once('/').map_or("", |(_, rest)| rest);
                let leads_out = match below.parse() {
                    Ok(below) => leads_out(&below, target),
                    Err(_) => true,
                };
                if renamed && leads_out {
                    return Err(TreeError::LeadsOut(entry.path.clone(), target.clone()).into());
                }
                let is_right = kind == Some(Kind::Link)
                    && folder.map_or(Ok(Vec::new()), |it| it.read_link(name.as_ref()))?
                        == target.as_bytes();
                if is_right { Todo::Nothing } else { Todo::Link(target.clone()) }
            }
        };
        Ok(Step { path, mode, todo })
    }
}
