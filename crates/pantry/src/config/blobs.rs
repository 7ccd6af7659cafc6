//! `blobs` in `server.yml`: where file contents are kept, and how links to them work.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::values::seconds;

/// `blobs`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlobsConfig {
    /// `file:` for a directory in the data directory, or `file:PATH`.
    pub(crate) url: BlobsUrl,
    /// How long a link to read works.
    #[serde(deserialize_with = "seconds::<60, 604_800, _>")]
    pub(crate) read_links_for: Duration,
    /// How long a link to upload works.
    #[serde(deserialize_with = "seconds::<60, 604_800, _>")]
    pub(crate) upload_links_for: Duration,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self {
            url: BlobsUrl::Directory(None),
            read_links_for: Duration::from_hours(8),
            upload_links_for: Duration::from_mins(15),
        }
    }
}

/// Which backend keeps the contents, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum BlobsUrl {
    /// This directory, which may be said from the data directory; `blobs` in it, if none.
    Directory(Option<PathBuf>),
}

impl TryFrom<String> for BlobsUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", "")) => Ok(Self::Directory(None)),
            Some(("file", path)) => Ok(Self::Directory(Some(path.into()))),
            Some((scheme, _)) => Err(format!("`{scheme}:` keeps no files: {KNOWN}")),
            None => Err(format!("keeps no files: {KNOWN}")),
        }
    }
}

const KNOWN: &str = "`file:` or `file:PATH`";
