//! Runs of Chef: what one means for a machine when it begins there, and what it has left.
//!
//! A job says only what was asked for. All else is looked up when the machine asks, as its API client
//! and with the permissions of that: so a run sees what the API client may read, of its own application
//! and the shelves of that, as it is at that moment. What a run cannot do without and may not read is
//! a refusal that names it; of all else, what may not be read is left out.
//!
//! Many machines run at once with the same cookbooks, so what is the same for them is made once and
//! kept: the tree of each version of a cookbook, and what runs read of an application beside that.

mod contents;
mod cookbooks;
mod documents;
mod finish;
mod key;
mod node;
mod order;
mod policy;
mod prepare;
mod run_list;
mod snapshot;
mod trees;

pub use contents::{RunContent, RunContents};

use snapshot::Snapshots;
use trees::Trees;

/// The most bytes that the documents of a run may have together, unless it is said.
pub const MAX_RUN_DOCUMENTS_BYTES: u64 = 64 << 20;

/// What is kept for runs.
pub(crate) struct Runs {
    max_documents: u64,
    trees: Trees,
    snapshots: Snapshots,
}

impl Runs {
    /// With this limit to the documents of a run, in bytes.
    pub(crate) fn new(max_documents: u64) -> Self {
        Self { max_documents, trees: Trees::default(), snapshots: Snapshots::default() }
    }
}

impl Default for Runs {
    fn default() -> Self {
        Self::new(MAX_RUN_DOCUMENTS_BYTES)
    }
}
