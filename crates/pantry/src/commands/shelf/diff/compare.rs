//! Two copies of a version of a cookbook, file by file.

use std::collections::BTreeMap;

use pantry_berks::{RemoteCookbook, RemoteFile};
use pantry_http_client::{ChefClient, ChefError};
use pantry_model::{ApplicationName, Version};
use serde::Serialize;

use super::content::Content;

/// A version, and in what its copies differ.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Compared {
    pub(super) version: String,
    pub(super) result: Outcome,
    /// Who has it, if only one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) only_in: Option<ApplicationName>,
    /// Whether their metadata differ, as the server has it.
    pub(super) metadata_differs: bool,
    /// Whether one is frozen and the other is not.
    pub(super) freezing_differs: bool,
    /// The files that differ, by path.
    pub(super) files: Vec<ComparedFile>,
}

/// What two copies are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Same,
    Different,
    /// There is only one.
    Only,
}

/// A file that is not the same in both.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct ComparedFile {
    pub(super) path: String,
    pub(super) result: Change,
    /// How large it is in the first, if it is there.
    pub(super) from_bytes: Option<u64>,
    /// How large it is in the second, if it is there.
    pub(super) to_bytes: Option<u64>,
    /// What has changed in it, if that was asked for and it is a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) diff: Option<String>,
}

/// What became of a file on the way from the first to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Change {
    Added,
    Removed,
    Changed,
}

impl Compared {
    /// A version that only one has.
    pub(super) fn only(version: Version, who: &ApplicationName) -> Self {
        Self {
            version: version.to_string(),
            result: Outcome::Only,
            only_in: Some(who.clone()),
            metadata_differs: false,
            freezing_differs: false,
            files: Vec::new(),
        }
    }
}

/// Compares two copies of a version, with the text of files if it is wanted.
pub(super) async fn compare(
    client: &ChefClient,
    version: Version,
    (one, other): (&RemoteCookbook, &RemoteCookbook),
    with_text: bool,
) -> Result<Compared, ChefError> {
    let mut files = Vec::new();
    for (path, pair) in pairs(one, other) {
        let (from, to) = match pair {
            (Some(from), Some(to)) if from.md5 == to.md5 => continue,
            (from, to) => (read(client, from).await?, read(client, to).await?),
        };
        let result = match (&from, &to) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let empty = Content::default();
        let diff = with_text
            .then(|| {
                from.as_ref().unwrap_or(&empty).difference(to.as_ref().unwrap_or(&empty), path)
            })
            .flatten();
        let bytes = |content: Option<Content>| content.map(|content| content.bytes);
        let (from_bytes, to_bytes) = (bytes(from), bytes(to));
        files.push(ComparedFile { path: path.to_owned(), result, from_bytes, to_bytes, diff });
    }
    let metadata_differs = one.metadata != other.metadata;
    let result =
        if files.is_empty() && !metadata_differs { Outcome::Same } else { Outcome::Different };
    Ok(Compared {
        version: version.to_string(),
        result,
        only_in: None,
        metadata_differs,
        freezing_differs: one.is_frozen != other.is_frozen,
        files,
    })
}

type Pair<'a> = (Option<&'a RemoteFile>, Option<&'a RemoteFile>);

/// The files of both, by path.
fn pairs<'a>(one: &'a RemoteCookbook, other: &'a RemoteCookbook) -> BTreeMap<&'a str, Pair<'a>> {
    let mut pairs: BTreeMap<&str, Pair<'a>> = BTreeMap::new();
    for file in &one.files {
        pairs.entry(&file.path).or_default().0 = Some(file);
    }
    for file in &other.files {
        pairs.entry(&file.path).or_default().1 = Some(file);
    }
    pairs
}

async fn read(
    client: &ChefClient,
    file: Option<&RemoteFile>,
) -> Result<Option<Content>, ChefError> {
    match file {
        Some(file) => Content::of(client, file).await.map(Some),
        None => Ok(None),
    }
}
