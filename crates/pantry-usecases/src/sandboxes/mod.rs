//! Sandboxes: how contents of files come to an application.
//!
//! Somebody says which contents are to come, by their MD5, and hears which of them the application
//! lacks, each with a link. Contents are kept once for all applications, but which of them is meant
//! by an MD5, and that it can be used, an application only knows of what it has uploaded itself. So
//! knowing an MD5 gives nobody a content, and what another application means by it harms nobody.
//!
//! A sandbox holds those of its contents that are there. When it is committed, what is left of it
//! holds them, until a cookbook does.

mod commit;
mod create;
mod upload;

pub use commit::CommittedSandbox;
pub use create::CreatedSandbox;
use pantry_model::{Error, Timestamp};
use pantry_store::Document;
use serde::{Deserialize, Serialize};
pub use upload::Upload;

use crate::fault::unreadable;

/// The name of the container.
pub(crate) const CONTAINER: &str = "sandboxes";

/// What is stored of a sandbox, and of what one has left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SandboxRecord {
    /// When it was made, or committed.
    pub(crate) since: Timestamp,
    /// Its contents, as they were written.
    pub(crate) checksums: Vec<String>,
}

impl SandboxRecord {
    pub(crate) fn read(document: &Document) -> Result<Self, Error> {
        serde_json::from_slice(&document.body).map_err(|error| unreadable("sandbox", &error))
    }
}
