//! `file push|pull|list`: files to machines, from machines, and what there is.

use serde::{Deserialize, Serialize};

use super::ClientCommand;
use crate::content::Sha256;

/// Every client writes the files of a tree, which the job carries. It prints a line: a [`Pushed`] as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePush {
    /// Where to: an absolute path.
    pub to: String,
    /// Whether that is the folder that what is at the top of the tree goes into; else it is the path of
    /// the one thing at the top of the tree, whose own name does not count.
    pub into: bool,
    /// The tree's document.
    pub tree: Sha256,
    /// Its length in bytes.
    pub tree_size: u64,
    /// Whom the files are to belong to: a name or a number; whom the client runs as, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Their group, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The permissions of the files, in place of those that they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

impl ClientCommand for FilePush {
    const NAME: &'static str = "file:push";
}

/// What a client has done: it prints a line, this as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// How many files and links the tree has.
    pub files: u64,
    /// How many of them are new or were changed; the others were right already.
    pub changed: u64,
    /// How many folders were made.
    pub folders: u64,
    /// The bytes of all files.
    pub bytes: u64,
}

/// Every client sends these files and folders. It prints a line: a [`Pulled`] as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePull {
    /// Absolute paths.
    pub paths: Vec<String>,
}

/// What a client has sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// The tree's document.
    pub tree: Sha256,
    /// Its length in bytes.
    pub tree_size: u64,
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl ClientCommand for FilePull {
    const NAME: &'static str = "file:pull";
}

/// Every client says what is at these paths: a line of JSON for each thing, a [`Listed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileList {
    /// Absolute paths. Of a folder, what is in it.
    pub paths: Vec<String>,
}

/// A thing at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its whole path.
    pub path: String,
    /// `file`, `folder`, `link` or `other`.
    pub kind: String,
    /// Its permissions.
    pub mode: u32,
    /// Its owner's name, or number if that has none.
    pub owner: String,
    /// Its group, likewise.
    pub group: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was changed, in seconds since 1970.
    pub modified: i64,
    /// What a link says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl ClientCommand for FileList {
    const NAME: &'static str = "file:list";
}
