//! Trees of files as they travel: a document that names each file's path, mode and content.
//!
//! A tree is itself a content. Whoever gets one writes files where it says, so it can say nothing
//! that leads out of the folder that it is written to: a [`TreePath`] goes down only, and links are
//! checked when a tree is read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::content::Sha256;
use crate::names::InvalidName;

/// The most bytes of a tree's document.
pub const MAX_TREE_BYTES: usize = 64 * 1024 * 1024;

/// The most entries of a tree.
pub const MAX_ENTRIES: usize = 200_000;

/// The longest path, and the longest name in one, in bytes.
const MAX_PATH: usize = 4_000;
const MAX_NAME: usize = 255;

/// A path within a tree: names with `/` between them, none of them empty, `.` or `..`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreePath(String);

impl TreePath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its names, from the top.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The path of the folder that it is in; `None` at the top.
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl FromStr for TreePath {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let is_name =
            |name: &str| !name.is_empty() && name != "." && name != ".." && name.len() <= MAX_NAME;
        if text.len() <= MAX_PATH && !text.contains('\0') && text.split('/').all(is_name) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidName {
            what: "a path in a tree of files",
            text: text.chars().take(64).collect(),
            rule: "names with `/` between them, at most 255 bytes each, none of them `.` or `..`",
        })
    }
}

impl TryFrom<String> for TreePath {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<TreePath> for String {
    fn from(path: TreePath) -> String {
        path.0
    }
}

/// Files and folders, by path in byte order; a folder before what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Each once. Folders that hold something need not be named, unless their mode matters.
    pub entries: Vec<Entry>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it is.
    pub path: TreePath,
    /// Its permissions, as in `stat`, without those beyond `0o7777`.
    pub mode: u32,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum What {
    /// A file.
    File {
        /// Its content.
        sha256: Sha256,
        /// Its length in bytes.
        size: u64,
    },
    /// A folder.
    Folder,
    /// A symbolic link, to somewhere within the tree.
    Link {
        /// What it says.
        target: String,
    },
}

/// Why something is no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It cannot be read.
    #[error("it is no tree of files: {0}")]
    Unreadable(String),
    /// It is too large.
    #[error("it has {0} entries, and {MAX_ENTRIES} is the most")]
    TooMany(usize),
    /// Two entries with one path, or in no order, or one under something that is no folder.
    #[error("its entry {0} is twice there, out of order, or under something that is no folder")]
    Misplaced(TreePath),
    /// A link that leads out of the tree.
    #[error("its link {0} leads out of it, to {1:?}")]
    LeadsOut(TreePath, String),
}

impl Tree {
    /// Reads one.
    pub fn read(bytes: &[u8]) -> Result<Self, TreeError> {
        let tree: Self = serde_json::from_slice(bytes)
            .map_err(|error| TreeError::Unreadable(error.to_string()))?;
        tree.check()?;
        Ok(tree)
    }

    /// As it travels.
    pub fn to_json(&self) -> Vec<u8> {
        // Text keys and numbers: it always has a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The contents of its files, with their lengths; a content as often as files have it.
    pub fn contents(&self) -> impl Iterator<Item = (Sha256, u64)> {
        self.entries.iter().filter_map(|entry| match entry.what {
            What::File { sha256, size } => Some((sha256, size)),
            What::Folder | What::Link { .. } => None,
        })
    }

    /// Puts its entries in order.
    pub fn sort(&mut self) {
        self.entries.sort_by(|one, other| one.path.names().cmp(other.path.names()));
    }

    /// Whether all is as it must be.
    pub fn check(&self) -> Result<(), TreeError> {
        if self.entries.len() > MAX_ENTRIES {
            return Err(TreeError::TooMany(self.entries.len()));
        }
        for (one, other) in self.entries.iter().zip(self.entries.iter().skip(1)) {
            if !one.path.names().lt(other.path.names()) {
                return Err(TreeError::Misplaced(other.path.clone()));
            }
        }
        // In this order whatever is under an entry follows it directly.
        let mut leaf: Option<&TreePath> = None;
        for entry in &self.entries {
            let is_under = |leaf: &TreePath| {
                let rest = entry.path.as_str().strip_prefix(leaf.as_str());
                rest.is_some_and(|rest| rest.starts_with('/'))
            };
            if leaf.is_some_and(is_under) {
                return Err(TreeError::Misplaced(entry.path.clone()));
            }
            leaf = (entry.what != What::Folder).then_some(&entry.path);
            if let What::Link { target } = &entry.what
                && leads_out(&entry.path, target)
            {
                return Err(TreeError::LeadsOut(entry.path.clone(), target.clone()));
            }
        }
        Ok(())
    }
}

/// Whether a link at this path leads above the top of its tree, or is absolute. It may go through
/// other links, which are within the tree as well: but `..` after one goes up from where that leads,
/// so whoever writes a tree must not follow links in it.
pub fn leads_out(at: &TreePath, target: &str) -> bool {
    if target.is_empty() || target.starts_with('/') || target.contains('\0') {
        return true;
    }
    let mut depth = at.names().count().saturating_sub(1);
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(up) => depth = up,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Entry {
        let what = What::File { sha256: Sha256([7; 32]), size: 3 };
        Entry { path: path.parse().unwrap(), mode: 0o644, what }
    }

    fn link(path: &str, target: &str) -> Entry {
        let what = What::Link { target: target.to_owned() };
        Entry { path: path.parse().unwrap(), mode: 0o777, what }
    }

    fn tree(entries: Vec<Entry>) -> Result<Tree, TreeError> {
        let mut tree = Tree { entries };
        tree.sort();
        Tree::read(&tree.to_json())
    }

    #[test]
    fn paths_go_down_only() {
        for good in ["a", "a/b", ".hidden/x y", "a/..b", "ä"] {
            assert_eq!(good.parse::<TreePath>().unwrap().as_str(), good);
        }
        let long = "x".repeat(256);
        for bad in ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\0b", &long] {
            assert!(bad.parse::<TreePath>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_tree_is_in_order_and_each_path_once() {
        let whole = tree(vec![file("b"), file("a/c"), file("a-b"), file("a/b/d")]).unwrap();
        let paths: Vec<&str> = whole.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a/b/d", "a/c", "a-b", "b"]);
        assert_eq!(whole.contents().count(), 4);
        assert!(matches!(tree(vec![file("a"), file("a")]), Err(TreeError::Misplaced(_))));
        assert!(matches!(tree(vec![file("a"), file("a/b")]), Err(TreeError::Misplaced(_))));
        let unsorted = Tree { entries: vec![file("b"), file("a")] };
        assert!(matches!(unsorted.check(), Err(TreeError::Misplaced(_))));
        // Differing in case only is differing.
        assert!(tree(vec![file("README"), file("readme")]).is_ok());
    }

    #[test]
    fn links_stay_within() {
        for good in ["b", "../x", "../../top", "./b/../c"] {
            assert!(tree(vec![link("a/b/l", good)]).is_ok(), "{good}");
        }
        for bad in ["/etc/passwd", "../../../x", "", "x/../../../../y"] {
            let refused = tree(vec![link("a/b/l", bad)]);
            assert!(matches!(refused, Err(TreeError::LeadsOut(..))), "{bad}");
        }
        // Nothing is written through a link.
        assert!(tree(vec![link("a", "b"), file("a/c")]).is_err());
    }
}
